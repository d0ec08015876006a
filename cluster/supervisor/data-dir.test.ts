import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDataDir } from './data-dir.ts'
import { readOrCreateSecrets } from './secrets.ts'
import { StartFailure } from './start-failure.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-dir-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a missing directory is made, and is opened again later', () => {
  const dataDir = join(root, 'deep/er')
  openDataDir(dataDir)
  const secrets = readOrCreateSecrets(dataDir)
  writeFileSync(join(dataDir, 'notes.txt'), 'the user may keep notes beside it')
  openDataDir(dataDir)
  expect(readOrCreateSecrets(dataDir)).toEqual(secrets)
  expect(new Set(Object.values(secrets.database)).size).toBe(5)
})

test("somebody else's directory is refused and left alone", () => {
  writeFileSync(join(root, 'thesis.tex'), '')
  mkdirSync(join(root, 'logs'))
  expect(() => openDataDir(root)).toThrow('holds "thesis.tex" and is no data directory of Faultline')
  expect(readdirSync(root).toSorted()).toEqual(['logs', 'thesis.tex'])
})

test('a file in its place is refused', () => {
  writeFileSync(join(root, 'data'), '')
  expect(() => openDataDir(join(root, 'data'))).toThrow(StartFailure)
})

test.skipIf(process.platform !== 'linux')('a place where nobody can make folders is refused (needs /proc)', () => {
  expect(() => openDataDir('/proc/faultline/data')).toThrow(/cannot be used: ENOENT/)
})

test('secrets that cannot be read are not replaced', () => {
  openDataDir(root)
  writeFileSync(join(root, 'secrets.json'), '{')
  expect(() => readOrCreateSecrets(root)).toThrow('is damaged')
})
