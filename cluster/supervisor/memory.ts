// What a process and its children weigh.
import { readFileSync } from 'node:fs'

/** Proportional set size in bytes, resident size where Linux does not tell it; null for no process or no Linux. */
export function memoryBytes(pid: number): number | null {
  return (
    kilobytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m) ??
    kilobytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m)
  )
}

/** The same, with all processes below it. */
export function treeMemoryBytes(pid: number): number | null {
  const own = memoryBytes(pid)
  if (own === null) return null
  return childrenOf(pid).reduce((sum, child) => sum + (treeMemoryBytes(child) ?? 0), own)
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function kilobytes(path: string, pattern: RegExp): number | null {
  try {
    const match = pattern.exec(readFileSync(path, 'utf8'))
    return match ? Number(match[1]) * 1024 : null
  } catch {
    return null
  }
}
