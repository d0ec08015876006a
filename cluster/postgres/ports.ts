/** Picks the ports of the servers. Stays below 32768, where outgoing connections would take them away between runs. */
import { createServer } from 'node:net'
import { PostgresError } from './errors.ts'

/** First port to try for a server that nobody gave one. */
export const DEFAULT_FIRST_PORT = 25432
export const MAX_PORT = 32767
const MAX_TRIES = 200

/**
 * The first free port on 127.0.0.1 at or above `wanted` that is not in `taken`.
 * @throws PostgresError `port-taken` after 200 tries or at the end of the range.
 */
export async function findFreePort(wanted: number, taken: ReadonlySet<number>): Promise<number> {
  const last = Math.min(wanted + MAX_TRIES, MAX_PORT)
  for (let port = wanted; port <= last; port++) {
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new PostgresError('port-taken', `No port between ${wanted} and ${last} is free on 127.0.0.1.`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
