import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findRuleDirectory, ruleFilesOf } from './rule-directory.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-rules-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('every YAML file is one of rules, in the order of names', () => {
  for (const name of ['b.yaml', 'a.yml', 'README.md', 'rules.test.ts']) writeFileSync(join(root, name), '')
  mkdirSync(join(root, 'tests'))
  writeFileSync(join(root, 'tests/a.test.yaml'), '')
  expect(ruleFilesOf(root)).toEqual([join(root, 'a.yml'), join(root, 'b.yaml')])
  expect(() => ruleFilesOf(join(root, 'nowhere'))).toThrow('ENOENT')
})

test('rules are found beside a bundle and beside the sources', () => {
  expect(findRuleDirectory(join(root, 'dist'))).toBeUndefined()
  mkdirSync(join(root, 'otel/rules'), { recursive: true })
  expect(findRuleDirectory(join(root, 'dist'))).toBe(join(root, 'otel/rules'))
  expect(findRuleDirectory(join(root, 'otel/backend'))).toBe(join(root, 'otel/rules'))
})
