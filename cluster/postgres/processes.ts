/**
 * Finds and ends the processes of one server. A process counts only if it runs `postgres` on that very data directory,
 * or is a child of one that does, so a process id that the system has given to somebody else is never touched.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PostgresError } from './errors.ts'

const POLL_MS = 3
const KILL_DEADLINE_MS = 10_000

interface ProcessEntry {
  pid: number
  parent: number
  /** Its command line names `postgres` and the data directory, or it works there. */
  isServer: boolean
}

/** Process ids of all live server processes whose data directory is `pgdata` (a real path). Zombies do not count. */
export function findServerProcesses(pgdata: string): number[] {
  const entries = process.platform === 'linux' ? listProc(pgdata) : listPs(pgdata)
  const servers = new Set(entries.filter((entry) => entry.isServer).map((entry) => entry.pid))
  return entries.filter(({ pid, parent }) => servers.has(pid) || servers.has(parent)).map(({ pid }) => pid)
}

function listProc(pgdata: string): ProcessEntry[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((name) => {
    const pid = Number(name)
    const stat = readStat(pid)
    // Looking at the program's name first spares two more reads for everybody else's processes.
    if (stat === undefined || stat.state === 'Z' || stat.command !== 'postgres') return []
    return [{ pid, parent: stat.parent, isServer: namesDataDirectory(pid, pgdata) || worksIn(pid, pgdata) }]
  })
}

/** True for the postmaster, which keeps its arguments; everybody may read them. */
function namesDataDirectory(pid: number, pgdata: string): boolean {
  try {
    const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')
    return basename(program) === 'postgres' && args[0] === '-D' && args[1] === Buffer.from(pgdata).toString('latin1')
  } catch {
    return false
  }
}

/** True also for children that outlive their postmaster, where we may look (a container's root may not). */
function worksIn(pid: number, pgdata: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) !== pgdata) return false
    // After a reinstallation the link of a running program ends in " (deleted)".
    return /^postgres( \(deleted\))?$/.test(basename(readlinkSync(`/proc/${pid}/exe`)))
  } catch {
    return false
  }
}

function readStat(pid: number): { command: string; state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command stands in brackets and may hold anything, so look for its end from behind.
    const commandEnd = stat.lastIndexOf(')')
    const [state = '', parent = ''] = stat.slice(commandEnd + 2).split(' ')
    return { command: stat.slice(stat.indexOf('(') + 1, commandEnd), state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

function listPs(pgdata: string): ProcessEntry[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,state=,command='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line)
    if (match === null || match[3]?.startsWith('Z')) return []
    return [
      {
        pid: Number(match[1]),
        parent: Number(match[2]),
        isServer: match[4]?.endsWith(`/postgres -D ${pgdata}`) ?? false,
      },
    ]
  })
}

function isRunning(pid: number): boolean {
  if (process.platform !== 'linux') return signalProcess(pid, 0)
  const stat = readStat(pid)
  return stat !== undefined && stat.state !== 'Z'
}

/** Sends `signal` (0: none) and says whether there was a process to take it. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Resolves with true once none of `pids` runs any more, with false after `deadlineMs`. */
export async function waitUntilGone(pids: number[], deadlineMs: number): Promise<boolean> {
  const end = performance.now() + deadlineMs
  while (pids.some(isRunning)) {
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
  for (let pids = findServerProcesses(pgdata); pids.length > 0; pids = findServerProcesses(pgdata)) {
    // Stopped first, the postmaster can neither fork nor restart a child between our looking and killing.
    for (const pid of pids) signalProcess(pid, 'SIGSTOP')
    const all = [...new Set([...pids, ...findServerProcesses(pgdata)])]
    for (const pid of all) signalProcess(pid, 'SIGKILL')
    if (await waitUntilGone(all, KILL_DEADLINE_MS)) continue
    throw new PostgresError('start-failed', `PostgreSQL processes ${all.join(', ')} in ${pgdata} do not die.`)
  }
}
