// Tells processes apart beyond their reusable pid, and asks the system about them. Linux reads /proc; elsewhere `ps` answers.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { ProcessIdentity } from './run-file.ts'

const hasProc = existsSync('/proc/self/stat')

/** When the process started, in a form that only serves to compare; undefined when there is no such process (a zombie counts as none). */
export function processStarted(pid: number): string | undefined {
  return hasProc ? startedFromProc(pid) : startedFromPs(pid)
}

export function identify(pid: number): ProcessIdentity | undefined {
  const started = processStarted(pid)
  return started === undefined ? undefined : { pid, started }
}

/** Whether that very process is alive, frozen ones included. */
export function isAlive(identity: ProcessIdentity): boolean {
  return processStarted(identity.pid) === identity.started
}

/**
 * Sends a signal to that very process; false when it is gone already. A frozen process is woken, or it would never act on the signal.
 * Throws when the process belongs to somebody else.
 */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false
  try {
    process.kill(identity.pid, signal)
    if (signal !== 'SIGKILL') process.kill(identity.pid, 'SIGCONT')
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

function startedFromProc(pid: number): string | undefined {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return stat.state === 'Z' || stat.state === 'X' ? undefined : `${bootId()}:${stat.startTicks}`
  } catch {
    return undefined
  }
}

/** Reads state, parent and start time (clock ticks since boot) out of a line of /proc/PID/stat, see proc(5). */
export function parseStat(line: string): { state: string; parentPid: number; startTicks: string } {
  // The command's name, in parentheses, may itself hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', parentPid: Number(fields[1]), startTicks: fields[19] ?? '' }
}

let knownBootId: string | undefined

function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
  return knownBootId
}

function startedFromPs(pid: number): string | undefined {
  try {
    const [state = '', ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/)
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ')
  } catch {
    return undefined
  }
}
