/** Starts a `postgres` process and waits until it accepts connections; turns failures into errors that say why. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { PostgresBinaries } from './binaries.ts'
import { isCode, PostgresError, type PostgresErrorCode } from './errors.ts'
import { readPostmasterFile } from './leftovers.ts'
import { runAs, type ServerUser } from './server-user.ts'

const READY_DEADLINE_MS = 60_000
const READY_POLL_MS = 4
const MAX_LOG_BYTES = 4 * 1024 * 1024
const MAX_TAIL_BYTES = 8192

/** The whole environment of PostgreSQL's programs: no PG… variable of the caller's shell may change what they do. */
export const SERVER_ENV = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' }

/** What it takes to run one of PostgreSQL's programs. */
export interface Programs {
  binaries: PostgresBinaries
  user: ServerUser
}

/** A launched postmaster; `logStart` is where its part of the log file begins. */
export interface Launched {
  child: ChildProcess
  pid: number
  logStart: number
}

/**
 * Spawns the postmaster of `pgdata`, its output appended to `logFile` (kept below 4 MB, plus one older file). It has a
 * session of its own, so that Ctrl-C reaches the supervisor only, and does not end with this process.
 * @throws PostgresError `unsupported-platform` or `start-failed` when there is no such program or no right to run it.
 */
export async function launch({ binaries, user }: Programs, pgdata: string, logFile: string): Promise<Launched> {
  rotate(logFile)
  const { command, args, options } = runAs(user, binaries.postgres, ['-D', pgdata])
  const log = openSync(logFile, 'a', 0o600)
  try {
    const logStart = fstatSync(log).size
    const child = spawn(command, args, {
      ...options,
      cwd: pgdata,
      env: SERVER_ENV,
      detached: true,
      stdio: ['ignore', log, log],
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error) => reject(explainSpawnError(error, command)))
    })
    return { child, pid: child.pid ?? -1, logStart }
  } finally {
    closeSync(log)
  }
}

/**
 * Resolves once the server accepts connections (a replica: once it can be read). `assertWanted` ends the wait by throwing.
 * @throws PostgresError `port-taken`, `killed` or `start-failed`, with what the server logged.
 */
export async function waitUntilReady(
  { child, pid, logStart }: Launched,
  pgdata: string,
  logFile: string,
  assertWanted: () => void,
): Promise<void> {
  const end = performance.now() + READY_DEADLINE_MS
  for (;;) {
    assertWanted()
    if (child.exitCode !== null || child.signalCode !== null) throw explainExit(child, logFile, logStart)
    const file = readPostmasterFile(pgdata)
    if (file?.pid === pid && file.status === 'ready') return
    if (performance.now() > end) {
      throw new PostgresError(
        'start-failed',
        `PostgreSQL in ${pgdata} is not ready after ${READY_DEADLINE_MS / 1000} s.`,
      )
    }
    await delay(READY_POLL_MS)
  }
}

function explainExit(child: ChildProcess, logFile: string, logStart: number): PostgresError {
  const { code, reason } = classifyLog(readTail(logFile, logStart))
  const how = child.signalCode ?? `exit code ${child.exitCode}`
  return new PostgresError(
    child.signalCode === null ? code : 'killed',
    `PostgreSQL ended while starting (${how})${reason === '' ? '' : `: ${reason}`}. Log: ${logFile}`,
  )
}

/** What a failed start means, from what the server logged; the reason is its first fatal message. */
export function classifyLog(text: string): { code: PostgresErrorCode; reason: string } {
  const fatal = /(?:FATAL|PANIC|ERROR): +(.*)/.exec(text)?.[1] ?? text.trim().split('\n').at(-1) ?? ''
  const isTaken = /could not bind .*: (Address already in use|Permission denied)/.test(text)
  return { code: isTaken ? 'port-taken' : 'start-failed', reason: fatal }
}

/** A spawn failure in words. */
export function explainSpawnError(error: Error, command: string): PostgresError {
  const isMissingLoader = isCode(error, 'ENOENT') && existsSync(command)
  return new PostgresError(
    isMissingLoader ? 'unsupported-platform' : 'start-failed',
    isMissingLoader
      ? `${command} needs glibc 2.27 or newer, which this system (Alpine?) does not have. Use Docker Compose instead.`
      : `${command} cannot be run: ${error.message}`,
    { cause: error },
  )
}

function readTail(logFile: string, start: number): string {
  const log = openSync(logFile, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(fstatSync(log).size - start, MAX_TAIL_BYTES))
    return buffer.toString('utf8', 0, readSync(log, buffer, 0, buffer.length, start))
  } finally {
    closeSync(log)
  }
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > MAX_LOG_BYTES) renameSync(logFile, `${logFile}.1`)
}
