import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { builtFingerprint, sourceFingerprint } from './fingerprint.js'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-build-'))
  mkdirSync(join(root, 'services/orders'), { recursive: true })
  writeFileSync(join(root, 'services/orders/app.ts'), 'one')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('the fingerprint changes with the sources and the lock file, and with nothing else', () => {
  const first = sourceFingerprint(root)
  expect(sourceFingerprint(root)).toBe(first)
  writeFileSync(join(root, 'services/orders/app.test.ts'), 'a test is in no bundle')
  mkdirSync(join(root, 'dist'))
  writeFileSync(join(root, 'dist/node.cjs'), '')
  expect(sourceFingerprint(root)).toBe(first)
  writeFileSync(join(root, 'services/orders/app.ts'), 'other')
  const second = sourceFingerprint(root)
  expect(second).not.toBe(first)
  writeFileSync(join(root, 'package-lock.json'), '{}')
  expect(sourceFingerprint(root)).not.toBe(second)
})

test('what was built is known by the file beside it', () => {
  expect(builtFingerprint(root)).toBeUndefined()
  mkdirSync(join(root, 'dist'))
  writeFileSync(join(root, 'dist/.fingerprint'), 'abc')
  expect(builtFingerprint(root)).toBe('abc')
})
