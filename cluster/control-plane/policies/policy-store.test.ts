import { expect, test } from 'vitest'
import { defaultPolicy } from '../../../services/kit/calls/policy.ts'
import { policyCatalogue } from '../../../services/kit/policies/catalogue.ts'
import { refuseValue } from '../../../services/kit/policies/setting.ts'
import { nodeKinds } from '../../topology/kinds.ts'
import { callPolicies } from '../../topology/policies.ts'
import type { PolicyChange } from './policy-contract.ts'
import { PolicyStore } from './policy-store.ts'

const create = () => new PolicyStore(callPolicies)
const set = (store: PolicyStore, ...changes: PolicyChange[]) => store.apply(store.plan(changes))

test('nothing is changed at first: documents have what the topology has', () => {
  expect(create().callPolicies()).toEqual(callPolicies)
  expect(create().kindPolicies()).toEqual({})
})

test('a setting of one call reaches the caller, and goes back to what it was', () => {
  const store = create()
  const change = { name: 'timeoutMs', value: 750, caller: 'gateway', callee: 'orders' }
  expect(set(store, change)).toMatchObject([{ ...change, before: 4_000 }])
  expect(store.callPolicies().gateway).toEqual({ ...callPolicies.gateway, orders: { timeoutMs: 750 } })
  expect(set(store, change)).toEqual([])
  expect(store.apply(store.planReset('timeoutMs', {}))).toMatchObject([{ value: 4_000, before: 750 }])
  expect(store.callPolicies()).toEqual(callPolicies)
})

test('without a target it is set wherever it can be', () => {
  const store = create()
  const callers = set(store, { name: 'retryJitter', value: false }).map(({ caller, callee }) => `${caller} ${callee}`)
  expect(callers).toContain('orders payments')
  expect(callers).toContain('load frontdoor')
  expect(set(store, { name: 'retryJitter', value: true, callee: 'payments' })).toHaveLength(1)
  expect(set(store, { name: 'singleFlight', value: false }).map(({ kind }) => kind)).toEqual(['edge', 'products'])
  expect(store.kindPolicies()).toEqual({ edge: { singleFlight: false }, products: { singleFlight: false } })
})

test('everything goes back at once, or one place alone', () => {
  const store = create()
  set(store, { name: 'retryBudget', value: false }, { name: 'queueDiscipline', value: 'fifo', kind: 'orders' })
  expect(store.apply(store.planReset(undefined, { kind: 'orders' }))).toMatchObject([{ kind: 'orders' }])
  expect(store.kindPolicies()).toEqual({})
  store.apply(store.planReset(undefined, {}))
  expect(store.callPolicies()).toEqual(callPolicies)
})

test.each<[PolicyChange, string]>([
  [{ name: 'timeoutMs', value: 0 }, 'timeoutMs must be a whole number of ms from 1 to 60000'],
  [{ name: 'timeoutMs', value: 1.5 }, 'timeoutMs must be a whole number of ms'],
  [{ name: 'retryBudgetRatio', value: 11 }, 'retryBudgetRatio must be a number of repeats a request from 0 to 10'],
  [{ name: 'breaker', value: 'off' }, 'breaker must be true (on) or false (off)'],
  [{ name: 'queueDiscipline', value: 'random' }, 'queueDiscipline must be one of deadline, fifo, lifo'],
  [{ name: 'timeout', value: 1 }, 'there is no policy timeout; there is timeoutMs'],
  [{ name: 'toString', value: 1 }, 'there is no policy toString'],
  [{ name: 'timeoutMs', value: 1, kind: 'orders' }, 'name a caller and a callee instead of a kind'],
  [{ name: 'timeoutMs', value: 1, caller: 'orders', callee: 'users' }, 'orders does not call users; it calls products'],
  [{ name: 'timeoutMs', value: 1, caller: 'media' }, 'media calls nobody'],
  [{ name: 'timeoutMs', value: 1, callee: 'load' }, 'nobody calls load'],
  [
    { name: 'idempotency', value: false, kind: 'media' },
    'media does not heed idempotency; orders, payments, fulfilment',
  ],
  [{ name: 'idempotency', value: false, callee: 'orders' }, 'name a kind instead of a caller and a callee'],
  [{ name: 'synchronousReplication', value: 'any', kind: 'orders' }, 'setting of the whole cluster'],
])('%j is refused: %s', (change, message) => {
  const store = create()
  expect(() => store.plan([{ name: 'retryJitter', value: false }, change])).toThrow(message)
  expect(store.callPolicies()).toEqual(callPolicies)
})

test('a view tells values, defaults and changes of the places that are asked for', () => {
  const store = create()
  set(store, { name: 'timeoutMs', value: 750, caller: 'gateway', callee: 'orders' })
  const [view, ...others] = store.view({ caller: 'gateway', callee: 'orders' })
  expect(others).toEqual([])
  expect(view).toMatchObject({ values: { timeoutMs: 750 }, defaults: { timeoutMs: 4_000 }, changed: ['timeoutMs'] })
  expect(Object.keys(view?.values ?? {})).toEqual(expect.arrayContaining(Object.keys(defaultPolicy)))
  expect(store.view({ kind: 'media' })[0]?.values).not.toHaveProperty('idempotency')
})

test('the catalogue is in order: names once, defaults valid, kinds that there are', () => {
  const names = policyCatalogue.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, setting } of policyCatalogue) {
    expect(refuseValue(name, setting, setting.default)).toBeUndefined()
    expect(nodeKinds).toEqual(expect.arrayContaining([...(setting.kinds ?? [])]))
    expect(setting.does).toMatch(/\.$/)
  }
})
