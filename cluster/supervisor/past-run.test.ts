import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AlreadyRunning, claimRun, endPastRun } from './past-run.ts'
import { identify, isAlive } from './process-identity.ts'
import { type RunFile, readRunFile, removeStaleRunFile, runFilePath, writeRunFile } from './run-file.ts'

let dataDir: string
const children: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'faultline-run-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

const dead = { pid: 2 ** 22 - 3, started: 'once' }
const own = identify(process.pid)!

function runOf(supervisor: RunFile['supervisor'], pasts: RunFile['children'] = []): RunFile {
  const about = { startedAt: '2026-01-01T00:00:00.000Z', version: '0', size: 'small', token: 'secret' } as const
  return { format: 1, supervisor, phase: 'running', ports: {}, children: pasts, ...about }
}

/** A process that ignores SIGTERM, as a hanging node would. */
function stubborn(): { id: string; pid: number; started: string } {
  const child = spawn('sh', ['-c', 'trap "" TERM; while :; do sleep 0.05; done'])
  children.push(child)
  return { id: 'orders-1', ...identify(child.pid!)! }
}

test('a fresh directory is claimed with a file that only its owner may read', () => {
  expect(claimRun(dataDir, runOf(own)).children).toEqual([])
  expect(readRunFile(dataDir)?.supervisor).toEqual(own)
  expect(statSync(runFilePath(dataDir)).mode & 0o777).toBe(0o600)
  expect(readdirSync(dataDir)).toEqual(['run.json'])
})

test('a directory whose supervisor is alive is refused, and named', () => {
  writeRunFile(dataDir, runOf(own))
  expect(() => claimRun(dataDir, runOf(own))).toThrow(AlreadyRunning)
  expect(() => claimRun(dataDir, runOf(own))).toThrow(`supervisor ${process.pid}`)
})

test('what a dead run left stays on record until it is ended', () => {
  const left = stubborn()
  writeRunFile(dataDir, runOf(dead, [left, { id: 'gone', ...dead }]))
  expect(claimRun(dataDir, runOf(own)).children).toEqual([left])
  expect(readRunFile(dataDir)).toMatchObject({ supervisor: own, children: [left] })
})

test('a run file that makes no sense is replaced', () => {
  writeFileSync(runFilePath(dataDir), '{"format":')
  claimRun(dataDir, runOf(own))
  expect(readRunFile(dataDir)?.supervisor).toEqual(own)
})

test('a claim that came in between is not removed with the stale one', () => {
  const stale = runOf(dead)
  writeRunFile(dataDir, runOf(own))
  removeStaleRunFile(dataDir, stale)
  expect(readRunFile(dataDir)?.supervisor).toEqual(own)
  removeStaleRunFile(dataDir, runOf(own))
  expect(readdirSync(dataDir)).toEqual([])
})

test('the processes of a dead run are ended: stubborn and frozen ones, and no stranger with a pid of theirs', async () => {
  const [hanging, frozen, stranger] = [stubborn(), stubborn(), stubborn()]
  process.kill(frozen.pid, 'SIGSTOP')
  writeRunFile(dataDir, runOf(dead, [hanging, frozen, { ...stranger, started: 'before' }]))
  expect(await endPastRun(dataDir)).toBe(2)
  expect([hanging, frozen, stranger].map(isAlive)).toEqual([false, false, true])
  expect(readdirSync(dataDir)).toEqual([])
  expect(await endPastRun(dataDir)).toBe(0)
})
