// Every alert leads to a runbook that exists, and every runbook is one of an alert's.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const rules = readdirSync(join(root, 'otel/rules')).filter((name) => name.endsWith('.yaml'))
const matches = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map((match) => match[1]))

test('alerts and runbooks belong together', () => {
  const text = rules.map((name) => readFileSync(join(root, 'otel/rules', name), 'utf8')).join('\n')
  const linked = matches(text, /runbook_url: README\.md#(runbook-[\w-]+)/g)
  const written = matches(readFileSync(join(root, 'README.md'), 'utf8'), /<a id="(runbook-[\w-]+)">/g)
  expect(linked.size).toBeGreaterThan(20)
  expect([...written].sort()).toEqual([...linked].sort())
})
