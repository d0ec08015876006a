import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogFile } from './log-file.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultline-log-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('all that is written stands in the file, in order, over restarts', async () => {
  const path = join(directory, 'a.log')
  const log = new LogFile(path)
  for (let i = 0; i < 100; i++) log.write(`line ${i}\n`)
  await log.close()
  const again = new LogFile(path)
  again.write('more\n')
  await again.close()
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(lines).toEqual([...Array.from({ length: 100 }, (_, i) => `line ${i}`), 'more'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a full file is moved aside once, so that disk use is bounded', async () => {
  const log = new LogFile(join(directory, 'a.log'), 1_000)
  for (let i = 0; i < 200; i++) {
    log.write(`${'x'.repeat(99)}\n`)
    await log.close()
  }
  expect(readdirSync(directory).toSorted()).toEqual(['a.log', 'a.log.1'])
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(1_100)
})

test('the last lines are at hand, cut to size', () => {
  const log = new LogFile(join(directory, 'a.log'))
  for (let i = 0; i < 50; i++) log.write(`line ${i}\n\n`)
  log.write(`${'y'.repeat(2_000)}\nlast`)
  expect(log.tail).toHaveLength(12)
  expect(log.tail.at(-1)).toBe('last')
  expect(log.tail.at(-2)).toHaveLength(500)
})

test('a file that cannot be written stops nobody', async () => {
  const log = new LogFile(join(directory, 'missing/a.log'))
  log.write('lost\n')
  await log.close()
  expect(log.tail).toEqual(['lost'])
})
