// The shop's rules: promtool takes them, their unit tests pass under promtool and under our own engine, and they keep the contract.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { METRIC_NAME } from '../../promql/labels.ts'
import { selectorsOf } from '../../promql/language/walk.ts'
import { parseRuleFile } from './rule-file.ts'
import { promtool, promtoolTest } from './testing/promtool.ts'
import { runRuleTests } from './testing/rule-unit-tests.ts'

const folder = join(import.meta.dirname, '../../../rules')
const yamlFiles = (path: string) => readdirSync(path).filter((name) => name.endsWith('.yaml'))
const ruleFiles = yamlFiles(folder)
const testFiles = yamlFiles(join(folder, 'tests'))
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8')
const groups = ruleFiles.flatMap((name) => parseRuleFile(read(name), name, 5000))
const rules = groups.flatMap((group) => group.rules)

promtoolTest('promtool takes the rules', () => {
  const { ok, output } = promtool(['check', 'rules', ...ruleFiles], folder)
  expect(output).not.toContain('FAILED')
  expect(ok).toBe(true)
})

describe.each(testFiles)('%s', (name) => {
  test('passes on our engine', async () => {
    expect(await runRuleTests(read('tests', name), (file) => read('tests', file))).toEqual([])
  })

  promtoolTest('passes under promtool', () => {
    const { ok, output } = promtool(['test', 'rules', name], join(folder, 'tests'))
    expect(output).toContain('SUCCESS')
    expect(ok).toBe(true)
  })
})

describe('contract', () => {
  const contract = read('METRICS.md')
  const recorded = new Set(rules.flatMap((rule) => (rule.kind === 'recording' ? [rule.name] : [])))
  const asked = new Set(
    rules.flatMap(({ expr }) =>
      selectorsOf(expr).map(({ matchers }) => matchers.find(({ name }) => name === METRIC_NAME)?.value ?? ''),
    ),
  )

  test('every selector names its metric, and the metric stands in METRICS.md or is recorded here', () => {
    const unknown = [...asked].filter((name) => {
      const family = name.replace(/_(bucket|sum|count)$/, '')
      return !recorded.has(name) && ![name, family].some((text) => contract.includes(`\`${text}\``))
    })
    expect(unknown).toEqual([])
  })

  test.each(rules.filter((rule) => rule.kind === 'alerting').map((rule) => [rule.name, rule] as const))(
    '%s says how grave it is and where its runbook stands',
    (_name, rule) => {
      expect(rule.labels.severity?.source).toMatch(/^(page|ticket|cause)$/)
      expect(rule.annotations.runbook_url?.source).toMatch(/^README\.md#runbook-[a-z-]+$/)
      expect(rule.annotations.summary?.source).toBeTruthy()
    },
  )

  test('symptoms come before causes, and only symptoms wake somebody', () => {
    const severities = rules.flatMap((rule) => (rule.kind === 'alerting' ? [rule.labels.severity?.source] : []))
    expect(severities.indexOf('cause')).toBeGreaterThan(severities.lastIndexOf('page'))
  })
})
