import { expect, test } from 'vitest'
import type { Fault } from '../fault.ts'
import type { InboundRequest } from '../points.ts'
import { createRandom } from '../random.ts'
import { badCohort } from './bad-cohort.ts'
import { errorRate } from './error-rate.ts'
import { noisyNeighbour } from './noisy-neighbour.ts'
import { poolExhaustion } from './pool-exhaustion.ts'
import { zombieWork } from './zombie-work.ts'

const request: InboundRequest = { method: 'GET', path: '/products/p-0001', customerRegion: 'na', sinceMs: 0 }

/** What becomes of a thousand requests. */
function verdicts(fault: Fault, given: object, part: Partial<InboundRequest> = {}) {
  const random = createRandom(3)
  const parameters = fault.parameters.parse(given)
  return Array.from({ length: 1_000 }, () => fault.acts.inbound?.({ ...request, ...part }, parameters, random) ?? {})
}

test('error-rate: as many fail as it says, of the routes that it names', () => {
  const failed = verdicts(errorRate, { probability: 0.2 }).filter(({ status }) => status === 500)
  expect(failed.length).toBeGreaterThan(150)
  expect(failed.length).toBeLessThan(250)
  expect(new Set(verdicts(errorRate, { probability: 1, status: '503' }).map(({ status }) => status))).toEqual(
    new Set([503]),
  )
  const elsewhere = verdicts(errorRate, { probability: 1, route: '/categories' })
  expect(elsewhere.every(({ status }) => status === undefined)).toBe(true)
})

test.each<[object, Partial<InboundRequest>, number | undefined]>([
  [{ attribute: 'region', value: 'eu' }, { customerRegion: 'eu' }, 500],
  [{ attribute: 'region', value: 'eu' }, { customerRegion: 'asia' }, undefined],
  [{ attribute: 'product', value: 'p-0001' }, {}, 500],
  [{ attribute: 'product', value: 'p-000' }, {}, undefined],
  [{ attribute: 'user', value: 'u-7' }, { path: '/baskets/u-7/items/p-0001' }, 500],
  [{ attribute: 'user', value: 'u-7' }, { path: '/baskets/u-77' }, undefined],
])('bad-cohort: %j of %j', (given, part, status) => {
  expect(new Set(verdicts(badCohort, given, part).map((verdict) => verdict.status))).toEqual(new Set([status]))
})

test('pool-exhaustion: what is left, and for how long', () => {
  expect(poolExhaustion.acts.pool?.(poolExhaustion.parameters.parse({ leave: '0', holdMs: 50 }))).toEqual({
    leave: 0,
    holdMs: 50,
  })
})

test('noisy-neighbour: floods the route with questions that are all different', () => {
  const parameters = noisyNeighbour.parameters.parse({ perS: 7, route: '/api/products' })
  const verdict = noisyNeighbour.acts.process?.({ again: false }, parameters, createRandom(1))
  if (verdict?.kind !== 'flood') throw new Error('it does something else')
  expect(verdict).toMatchObject({ callee: 'frontdoor', perS: 7 })
  expect(new Set(verdict.paths).size).toBe(verdict.paths.length)
  expect(verdict.paths.every((path) => path.startsWith('/api/products?'))).toBe(true)
})

test('zombie-work: late, and not to be stopped', () => {
  expect(verdicts(zombieWork, { delayMs: 90 })[0]).toEqual({ delayMs: 90, unstoppable: true })
  expect(verdicts(zombieWork, { route: '/reservations' })[0]).toEqual({})
})

test.each(['products', '/products?', '/a b'])('a route is the beginning of a path, and not %j', (route) => {
  expect(errorRate.parameters.safeParse({ route }).error?.issues[0]?.message).toMatch(/must be the beginning of a path/)
})
