// What faults name that stands elsewhere: metrics of the contract, alerts of the rules, settings of the policies.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogue } from '../faults/catalogue.ts'
import { callSettings, clusterSettings, kindSettings } from '../services/kit/policies/catalogue.ts'
import { readContract } from './metric-contract.ts'

const rulesDir = resolve(import.meta.dirname, '../otel/rules')

type RuleFile = { groups: { rules: { alert?: string; record?: string }[] }[] }

const rules = readdirSync(rulesDir)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => (parse(readFileSync(resolve(rulesDir, name), 'utf8')) as RuleFile).groups)
  .flatMap((group) => group.rules)
const families = readContract()
const faults = catalogue.map((fault) => [fault.id, fault] as const)

/** Names of metrics in an expression: words with an underscore that no bracket follows, histograms by their family. */
function metricsIn(promql: string): string[] {
  const words = promql.replace(/"[^"]*"/g, '""').match(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b(?=[{[)\s]|$)/g) ?? []
  return words.filter(
    (word) =>
      families.has(word.replace(/_(?:bucket|sum|count)$/, '')) || /_(?:seconds|total|bytes|ratio|fds)/.test(word),
  )
}

test.each(faults)('%s: its expressions ask for metrics that there are', (_id, { signature, impact }) => {
  for (const promql of [signature.promql, impact.indicator?.promql ?? 'up']) {
    const names = metricsIn(promql)
    for (const name of names)
      expect(families.has(name) || families.has(name.replace(/_(?:bucket|sum|count)$/, '')), name).toBe(true)
  }
  expect(metricsIn(signature.promql).length + Number(/\bup\b/.test(signature.promql))).toBeGreaterThan(0)
})

test.each(faults)('%s: its alert exists', (_id, { signature }) => {
  if (signature.alert !== null) expect(rules.map(({ alert }) => alert)).toContain(signature.alert)
})

test.each(faults)('%s: its remedies are settings that exist, or say that they are none', (_id, { remedies }) => {
  const settings = { ...callSettings, ...kindSettings, ...clusterSettings }
  for (const remedy of remedies) if ('policy' in remedy) expect(Object.keys(settings)).toContain(remedy.policy)
})
