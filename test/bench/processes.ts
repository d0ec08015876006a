// What processes cost, as Linux accounts for it.
import { readFileSync } from 'node:fs'

/** Proportional set size in bytes: private memory plus a fair share of what is shared. Undefined where Linux does not tell. */
export function pssBytes(pid: number): number | undefined {
  try {
    const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
    return match ? Number(match[1]) * 1024 : undefined
  } catch {
    return undefined
  }
}

/** CPU time of a process in ms, user and system, of all its threads; 0 when it is gone. */
export function cpuMs(pid: number): number {
  try {
    // Fields after the command's closing parenthesis; utime and stime are the 14th and 15th of all, in ticks of 10 ms.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

/** All processes below `pid`, itself included. */
export function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
    return [pid, ...children.flatMap((child) => descendants(Number(child)))]
  } catch {
    return [pid]
  }
}
