import { expect, test } from 'vitest'
import { catalogue } from '../catalogue.ts'
import { indicatorsOf, settingsOf } from './impact.ts'

function faultOf(id: string) {
  const fault = catalogue.find((one) => one.id === id)
  if (!fault) throw new Error(`there is no fault ${id}`)
  return fault
}

test('without a remedy every policy is at its worse value, and with one only its own are not', () => {
  const fault = faultOf('latency')
  const place = { caller: 'gateway', callee: 'products' }
  expect(settingsOf(fault, undefined)).toEqual([
    { name: 'timeoutMs', ...place, value: 1_000 },
    { name: 'hedging', ...place, value: false },
  ])
  const hedging = fault.remedies.find((remedy) => 'policies' in remedy && remedy.policies[0]?.policy === 'hedging')
  expect(settingsOf(fault, hedging)).toEqual([
    { name: 'timeoutMs', ...place, value: 1_000 },
    { name: 'hedging', ...place, value: true },
  ])
})

test('what the experiment is given holds with and without a remedy', () => {
  const fault = faultOf('reset')
  const given = { name: 'serveStale', kind: 'edge', value: false }
  expect(settingsOf(fault, undefined)).toContainEqual(given)
  expect(settingsOf(fault, fault.remedies[0])).toContainEqual(given)
})

test('one policy in several remedies is set once', () => {
  const settings = settingsOf(faultOf('metastable'), undefined)
  expect(settings.filter(({ name }) => name === 'queueDiscipline')).toEqual([
    { name: 'queueDiscipline', kind: 'frontdoor', value: 'fifo' },
  ])
})

test('a policy that a test shows is no part of the experiment', () => {
  expect(settingsOf(faultOf('failover'), undefined).map(({ name }) => name)).not.toContain('synchronousReplication')
})

test('indicators: the own one first, those of remedies after it, each once', () => {
  expect(indicatorsOf(faultOf('zombie-work')).map(({ name }) => name)).toEqual(['failed requests', 'p95'])
  expect(indicatorsOf(faultOf('clock-skew'))).toEqual([])
})
