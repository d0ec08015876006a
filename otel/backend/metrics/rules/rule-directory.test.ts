import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findRuleDirectory, readRuleDirectory } from './rule-directory.ts'
import { RuleFileError } from './rule-file.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-rules-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const groupOf = (name: string) => `groups: [{name: ${name}, rules: [{record: 'a:b', expr: up}]}]`

test('every YAML file is read, in the order of names, and none that tests rules', () => {
  const files = {
    'b.yaml': groupOf('second'),
    'a.yml': groupOf('first'),
    'a.test.yaml': 'tests: []',
    'c_test.yml': '7',
    'README.md': '#',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
  const groups = readRuleDirectory(root, 5_000)
  expect(groups.map(({ name, file, intervalMs }) => ({ name, file, intervalMs }))).toEqual([
    { name: 'first', file: join(root, 'a.yml'), intervalMs: 5_000 },
    { name: 'second', file: join(root, 'b.yaml'), intervalMs: 5_000 },
  ])
})

test('a fault is told with its file', () => {
  writeFileSync(join(root, 'a.yaml'), "groups: [{name: a, rules: [{record: 'a:b', expr: 'sum('}]}]")
  expect(() => readRuleDirectory(root, 5_000)).toThrow(RuleFileError)
  expect(() => readRuleDirectory(root, 5_000)).toThrow(join(root, 'a.yaml'))
})

test('rules are found beside a bundle and beside the sources', () => {
  expect(findRuleDirectory(join(root, 'dist'))).toBeUndefined()
  mkdirSync(join(root, 'otel/rules'), { recursive: true })
  expect(findRuleDirectory(join(root, 'dist'))).toBe(join(root, 'otel/rules'))
  expect(findRuleDirectory(join(root, 'otel/backend'))).toBe(join(root, 'otel/rules'))
})
