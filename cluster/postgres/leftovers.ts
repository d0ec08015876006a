/**
 * Stops servers that an earlier run left behind and removes lock files whose owner is dead. Decides by what actually
 * runs in the data directory, not by the process id in the file.
 */
import { readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findServerProcesses, killServer, signalProcess, waitUntilGone } from './processes.ts'

/** How long a fast shutdown may take before the server is killed. */
export const STOP_DEADLINE_MS = 5_000

/** The parts of `postmaster.pid` that matter here; `status` is `starting`, `ready`, `standby` or `stopping`. */
export interface PostmasterFile {
  pid: number
  status: string
}

/** Parses `postmaster.pid`; undefined when there is none, or when it is still being written. */
export function readPostmasterFile(pgdata: string): PostmasterFile | undefined {
  try {
    const lines = readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : undefined
  } catch {
    return undefined
  }
}

/**
 * Leaves nothing running in `pgdata`: a fast shutdown, then SIGKILL after `deadlineMs`.
 * @returns the number of processes that were found.
 */
export async function stopLeftovers(pgdata: string, deadlineMs = STOP_DEADLINE_MS): Promise<number> {
  const found = findServerProcesses(pgdata)
  const master = readPostmasterFile(pgdata)?.pid
  if (master !== undefined && found.includes(master)) {
    // A fault may have stopped them; a stopped process does not answer to SIGINT.
    for (const pid of found) signalProcess(pid, 'SIGCONT')
    signalProcess(master, 'SIGINT')
    await waitUntilGone(found, deadlineMs)
  }
  if (found.length > 0) await killServer(pgdata)
  // A server refuses to start when this file names a living process, whoever that is by now.
  rmSync(join(pgdata, 'postmaster.pid'), { force: true })
  return found.length
}

/** `stopLeftovers` for every server folder below `dataDir`, at once. Returns the number of processes found. */
export async function stopAllLeftovers(dataDir: string, deadlineMs?: number): Promise<number> {
  const counts = await Promise.all(serverFolders(dataDir).map((pgdata) => stopLeftovers(pgdata, deadlineMs)))
  return counts.reduce((sum, count) => sum + count, 0)
}

function serverFolders(dataDir: string): string[] {
  try {
    const entries = readdirSync(dataDir, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map((entry) => realpathSync(join(dataDir, entry.name)))
  } catch {
    return []
  }
}
