import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runbookOf } from './runbooks.ts'

const root = join(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const rules = readdirSync(join(root, 'otel/rules')).filter((file) => file.endsWith('.yaml'))
const urls = rules.flatMap((file) =>
  [...readFileSync(join(root, 'otel/rules', file), 'utf8').matchAll(/runbook_url: (\S+)/g)].map(([, url]) => url),
)

test('every runbook that a rule names is found', () => {
  expect(urls.length).toBeGreaterThan(10)
  expect(urls.filter((url) => !runbookOf(readme, url))).toEqual([])
})

test('a runbook is Markdown without its anchor', () => {
  expect(runbookOf('x\n- <a id="runbook-a"></a>**A**: do `b`.\n', 'README.md#runbook-a')).toBe('**A**: do `b`.')
  expect(runbookOf(readme, 'https://example.com/')).toBeUndefined()
  expect(runbookOf(readme, undefined)).toBeUndefined()
})
