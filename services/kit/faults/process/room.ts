// How many threads fit into the memory of this process's container. One that does not fit would end the process instead of slowing it.
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'

/** What one with a heap of its own takes, measured on Node 20. */
const BYTES_PER_THREAD = 7 * 2 ** 20
/** For what the process itself still needs. */
const KEPT_FREE_BYTES = 6 * 2 ** 20

/** @param memory bytes: the limit, and what is used of it and cannot be given back */
export function threadsThatFit(wanted: number, { limit, used }: { limit: number; used: number }): number {
  const fitting = Math.floor((limit - used - KEPT_FREE_BYTES) / BYTES_PER_THREAD)
  return Math.max(1, Math.min(wanted, fitting))
}

/** Of the container that this process is alone in; undefined where nothing limits it. */
export function containerMemory(): { limit: number; used: number } | undefined {
  const limit = process.constrainedMemory()
  if (limit === 0 || limit >= totalmem()) return undefined
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB/m.exec(readStatus()) ?? []
  return { limit, used: kilobytes === undefined ? process.memoryUsage.rss() : Number(kilobytes) * 1024 }
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}
