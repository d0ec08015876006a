import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identify, isAlive } from '../supervisor/process-identity.ts'
import { writeRunFile } from '../supervisor/run-file.ts'
import { registerDown } from './down.ts'
import { createTestContext, runCommand } from './test-context.ts'

let dataDir: string
const children: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'faultline-down-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

function sleeper(): { pid: number; started: string } {
  const child = spawn('sleep', ['60'])
  children.push(child)
  return identify(child.pid!)!
}

async function down(): Promise<string[]> {
  const context = createTestContext({ dataDir })
  await runCommand(context, registerDown, 'down')
  return context.printed
}

const about = { format: 1, phase: 'running', startedAt: '', version: '', size: 'small', token: '', ports: {} } as const

test('nothing to stop is fine, as often as you like', async () => {
  expect(await down()).toEqual(['nothing is running'])
  expect(await down()).toEqual(['nothing is running'])
  rmSync(dataDir, { recursive: true })
  expect(await down()).toEqual(['nothing is running'])
})

test('a supervisor that runs is asked to stop, a frozen one too', async () => {
  const supervisor = sleeper()
  process.kill(supervisor.pid, 'SIGSTOP')
  writeRunFile(dataDir, { ...about, supervisor, children: [] })
  expect(await down()).toEqual(['stopped'])
  expect(isAlive(supervisor)).toBe(false)
})

test('what a supervisor that was killed has left is ended', async () => {
  const left = sleeper()
  process.kill(left.pid, 'SIGSTOP')
  writeRunFile(dataDir, {
    ...about,
    supervisor: { pid: left.pid, started: 'before' },
    children: [{ id: 'orders-1', ...left }],
  })
  expect(await down()).toEqual(['ended 1 processes that a crashed run had left'])
  expect(isAlive(left)).toBe(false)
  expect(readdirSync(dataDir)).toEqual([])
})
