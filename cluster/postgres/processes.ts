/**
 * Finds and ends the processes of one server. A process counts only if it runs `postgres` in that very data directory,
 * so a process id that the system has given to somebody else is never touched.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PostgresError } from './errors.ts'

const POLL_MS = 3

/** Process ids of all live server processes whose data directory is `pgdata` (a real path). Zombies do not count. */
export function findServerProcesses(pgdata: string): number[] {
  return process.platform === 'linux' ? findInProc(pgdata) : findWithPs(pgdata)
}

// The postmaster and all its children stay in the data directory: their working directory identifies them.
function findInProc(pgdata: string): number[] {
  const pids: number[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      if (readlinkSync(`/proc/${entry}/cwd`) !== pgdata) continue
      // After a reinstallation the link of a running program ends in " (deleted)".
      if (/^postgres( \(deleted\))?$/.test(basename(readlinkSync(`/proc/${entry}/exe`)))) pids.push(Number(entry))
    } catch {
      // Gone meanwhile, a zombie, or somebody else's.
    }
  }
  return pids
}

function findWithPs(pgdata: string): number[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n')
  const all = lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : []
  })
  const masters = all.filter(({ command }) => command.endsWith(`/postgres -D ${pgdata}`)).map(({ pid }) => pid)
  return all.filter(({ pid, parent }) => masters.includes(pid) || masters.includes(parent)).map(({ pid }) => pid)
}

/** Sends `signal` and says whether there was a process to take it. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Resolves with true once no process of the server is left, with false after `deadlineMs`. */
export async function waitUntilGone(pgdata: string, deadlineMs: number): Promise<boolean> {
  const end = performance.now() + deadlineMs
  while (findServerProcesses(pgdata).length > 0) {
    if (performance.now() > end) return false
    await delay(POLL_MS)
  }
  return true
}

/**
 * SIGKILLs a server with all its children; resolves once they are gone.
 * @throws PostgresError `start-failed` when they survive ten seconds (stuck in the kernel).
 */
export async function killServer(pgdata: string): Promise<void> {
  const end = performance.now() + 10_000
  // Stopped first, nothing can fork or restart a child behind our back.
  let pids = findServerProcesses(pgdata)
  for (const pid of pids) signalProcess(pid, 'SIGSTOP')
  while (pids.length > 0) {
    for (const pid of pids) signalProcess(pid, 'SIGKILL')
    await delay(POLL_MS)
    pids = findServerProcesses(pgdata)
    if (performance.now() > end) {
      throw new PostgresError('start-failed', `PostgreSQL processes ${pids.join(', ')} in ${pgdata} do not die.`)
    }
  }
}
