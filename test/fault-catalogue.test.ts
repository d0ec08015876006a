// What faults name that stands elsewhere: metrics of the contract, alerts of the rules, settings of the policies.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { placesOf } from '../cluster/control-plane/policies/places.ts'
import { isNodeKind, kindSpec } from '../cluster/topology/kinds.ts'
import { maxReplicas } from '../cluster/topology/nodes.ts'
import { catalogue } from '../faults/catalogue.ts'
import { isExperiment, policiesOf, replicasOf } from '../faults/remedy.ts'
import { settingsOf } from '../faults/testing/impact.ts'
import { findPolicy, policyCatalogue } from '../services/kit/policies/catalogue.ts'
import { refuseValue } from '../services/kit/policies/setting.ts'
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

test.each(faults)(
  '%s: the policies of its remedies exist, take their values, and act where they are set',
  (_id, fault) => {
    for (const { policy: name, without, with: value, ...place } of fault.remedies.flatMap(policiesOf)) {
      const policy = findPolicy(name)
      if (!policy) throw new Error(`there is no policy ${name}`)
      expect(refuseValue(name, policy.setting, without)).toBeUndefined()
      expect(refuseValue(name, policy.setting, value)).toBeUndefined()
      expect(value).not.toBe(without)
      expect(placesOf(policy, place).length).toBeGreaterThan(0)
    }
  },
)

test.each(faults)('%s: what its remedies are compared with is one and the same shop', (_id, fault) => {
  const without = settingsOf(fault, undefined)
  for (const { policy, without: value, with: _with, ...place } of fault.remedies
    .filter(isExperiment)
    .flatMap(policiesOf))
    expect(without).toContainEqual({ name: policy, ...place, value })
})

test.each(faults)('%s: replicas that its experiment asks for can be had', (_id, fault) => {
  for (const replicas of [fault.experiment?.given?.replicas ?? {}, ...fault.remedies.map(replicasOf)]) {
    for (const [kind, count] of Object.entries(replicas)) {
      expect(isNodeKind(kind) && kindSpec(kind).scalable).toBe(true)
      expect(count).toBeLessThanOrEqual(maxReplicas)
    }
  }
})

test.each(faults)('%s: a test that shows a remedy is there', (_id, { remedies }) => {
  for (const remedy of remedies)
    if ('shownBy' in remedy) expect(existsSync(resolve(import.meta.dirname, '..', remedy.shownBy))).toBe(true)
})

test('policies say of themselves which faults they cure, and faults say the same', () => {
  const said = policyCatalogue.flatMap(({ name, setting }) => (setting.cures ?? []).map((id) => `${name} cures ${id}`))
  const remedies = catalogue.flatMap(({ id, remedies }) =>
    remedies.flatMap(policiesOf).map(({ policy }) => `${policy} cures ${id}`),
  )
  expect(said.sort()).toEqual([...new Set(remedies)].sort())
})
