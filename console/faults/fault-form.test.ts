import { expect, test } from 'vitest'
import type { FaultInfo } from '../control/faults.ts'
import { choicesOf, formErrors, initialForm, type Places, rangeText, toInjection } from './fault-form.ts'

const places: Places = {
  nodes: ['gateway-na', 'products-na'],
  kinds: ['gateway', 'products'],
  regions: ['na', 'eu'],
  databases: ['postgres-na'],
}

const latency: FaultInfo = {
  id: 'latency',
  term: 'network latency',
  layer: 'network',
  targets: ['link', 'regions', 'node'],
  databases: [],
  description: '',
  parameters: [
    { name: 'delayMs', description: '', schema: { type: 'number', minimum: 1, maximum: 30_000 }, default: 300 },
    { name: 'both', description: '', schema: { type: 'boolean' }, default: false },
    { name: 'mode', description: '', schema: { type: 'string', enum: ['slow', 'stop'] }, default: 'slow' },
  ],
  signature: { promql: '', alert: null },
  impact: { indicator: null, text: '' },
  remedies: [],
  redHerring: '',
  example: { from: 'gateway-na', to: 'products-na' },
}

test('the example, or what was asked for', () => {
  expect(initialForm(latency, places, {})).toMatchObject({
    where: 'link',
    from: 'gateway-na',
    to: 'products-na',
    parameters: { delayMs: '300', both: 'false', mode: 'slow' },
  })
  expect(initialForm(latency, places, { target: 'products-na' })).toMatchObject({
    where: 'node',
    target: 'products-na',
  })
})

const freeze: FaultInfo = {
  ...latency,
  id: 'freeze',
  targets: ['node'],
  parameters: [],
  example: { target: 'products-na' },
}
const everywhere: FaultInfo = { ...freeze, id: 'cache-stampede', targets: ['cluster'], example: {} }

test.each<[string, FaultInfo, object, object]>([
  ['a node that was asked for', freeze, { target: 'gateway-na' }, { where: 'node', target: 'gateway-na' }],
  ['the ends of a link', latency, { from: 'products-na', to: 'postgres-na' }, { where: 'link', to: 'postgres-na' }],
  ['the example, for a link cannot be frozen', freeze, { from: 'a', to: 'b' }, { target: 'products-na', from: '' }],
  ['the example, for a kind is no node', freeze, { target: 'gateway' }, { where: 'node', target: 'products-na' }],
  ['the example, for there is no such node', latency, { target: 'gone-1' }, { where: 'link', from: 'gateway-na' }],
  [
    'nothing, for the whole cluster takes no place',
    everywhere,
    { target: 'gateway-na' },
    { where: 'cluster', target: '' },
  ],
])('%s stands in the form of another fault', (_what, fault, wanted, expected) => {
  expect(initialForm(fault, places, wanted)).toMatchObject(expected)
})

test('an example whose places are not there leaves the choice open', () => {
  const fault = { ...freeze, example: { target: 'orders-1' } }
  expect(initialForm(fault, places, {})).toMatchObject({ where: 'node', target: '' })
})

test('a form without errors becomes a request', () => {
  const form = initialForm(latency, places, {})
  expect(formErrors(latency, form)).toEqual({})
  expect(toInjection(latency, form)).toEqual({
    fault: 'latency',
    from: 'gateway-na',
    to: 'products-na',
    parameters: { delayMs: 300, both: false, mode: 'slow' },
    forS: 60,
  })
  expect(toInjection(latency, { ...form, where: 'cluster' })).not.toHaveProperty('target')
})

test.each([
  [{ to: 'gateway-na' }, 'to'],
  [{ from: '' }, 'from'],
  [{ where: 'node', target: '' }, 'target'],
  [{ forS: '0' }, 'forS'],
  [{ forS: '' }, 'forS'],
  [{ forS: '4000' }, 'forS'],
  [{ parameters: { delayMs: '', both: 'true', mode: 'slow' } }, 'delayMs'],
  [{ parameters: { delayMs: '99999', both: 'true', mode: 'slow' } }, 'delayMs'],
  [{ parameters: { delayMs: '5', both: 'perhaps', mode: 'slow' } }, 'both'],
  [{ parameters: { delayMs: '5', both: 'true', mode: 'odd' } }, 'mode'],
])('%o is wrong at %s', (change, field) => {
  expect(Object.keys(formErrors(latency, { ...initialForm(latency, places, {}), ...change }))).toEqual([field])
})

test('ranges in words', () => {
  expect(rangeText({ minimum: 1, maximum: 5 })).toBe('from 1 to 5')
  expect(rangeText({ exclusiveMinimum: 0 })).toBe('0 or more')
})

test('a fault of database servers is offered those that take it, or all where none does', () => {
  const all = { ...places, databases: ['postgres-na', 'postgres-eu'] }
  const staleRead = {
    ...latency,
    targets: ['database'],
    databases: ['postgres-eu'],
    example: { target: 'postgres-eu' },
  }
  expect(choicesOf(staleRead, 'database', all)).toEqual(['postgres-eu'])
  expect(choicesOf({ ...staleRead, databases: [] }, 'database', all)).toEqual(all.databases)
  expect(initialForm(staleRead, all, { target: 'postgres-na' }).target).toBe('postgres-eu')
})
