// What processes cost, as Linux accounts for it.
import { readFileSync } from 'node:fs'

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
