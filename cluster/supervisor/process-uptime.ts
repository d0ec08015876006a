// How long a process has been there, as the system tells it: also right for one that somebody else started.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { parseStat } from './process-identity.ts'

/** Clock ticks a second in /proc: USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100

/** Seconds since the process started; undefined when there is no such process. */
export function processUptimeS(pid: number): number | undefined {
  try {
    if (!existsSync('/proc/uptime')) {
      return parseElapsed(execFileSync('ps', ['-o', 'etime=', '-p', String(pid)], { encoding: 'utf8' }))
    }
    const [sinceBootS] = readFileSync('/proc/uptime', 'utf8').split(' ')
    const { startTicks } = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return Math.max(0, Number(sinceBootS) - Number(startTicks) / TICKS_PER_S)
  } catch {
    return undefined
  }
}

/** Seconds of what `ps` calls elapsed time: `[[days-]hours:]minutes:seconds`. */
export function parseElapsed(text: string): number {
  const [clock = '', days = '0'] = text.trim().split('-').reverse()
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400
}
