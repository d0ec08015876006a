import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { breakerStuck } from './breaker-stuck.ts'
import { loadSpike } from './load-spike.ts'
import { metastable } from './metastable.ts'
import { retryStorm } from './retry-storm.ts'

const request = { method: 'GET', path: '/', customerRegion: 'na' }

test('metastable: a burst, and then the load that was well before it', () => {
  const parameters = metastable.parameters.parse({})
  const at = (sinceMs: number) => metastable.acts.offered?.({ requestsPerSecond: 25, sinceMs }, parameters)
  expect(at(0)).toEqual({ requestsPerSecond: 40, forMs: 10_000 })
  expect(at(9_999)).toEqual({ requestsPerSecond: 40, forMs: 1 })
  expect(at(10_000)).toEqual({ requestsPerSecond: 8 })
})

test('metastable: the recipe is that of the catalogue', () => {
  const { of, calls, kind } = metastable.acts.policies?.(metastable.parameters.parse({})) ?? {}
  expect(of).toBe('frontdoor')
  expect(calls).toMatchObject({ timeoutMs: 750, maxAttempts: 3, retryBudget: false, breaker: false })
  expect(kind).toEqual({ maxInFlight: 4, minServiceMs: 200, queueLength: 256, queueDiscipline: 'fifo' })
})

test('retry-storm: callers wait for less than the callee takes, and ask without limit', () => {
  const parameters = retryStorm.parameters.parse({ attempts: 5 })
  expect(retryStorm.acts.inbound?.({ ...request, sinceMs: 0 }, parameters, createRandom(1))).toEqual({ delayMs: 800 })
  expect(retryStorm.acts.policies?.(parameters).calls).toMatchObject({
    timeoutMs: 300,
    maxAttempts: 5,
    retryBudget: false,
    retryJitter: false,
  })
})

test('load-spike: multiplies what is offered at the moment, at a front door of known capacity', () => {
  const parameters = loadSpike.parameters.parse({ factor: 3, capacityPerS: 40 })
  expect(loadSpike.acts.offered?.({ requestsPerSecond: 12, sinceMs: 5 }, parameters)).toEqual({ requestsPerSecond: 36 })
  expect(loadSpike.acts.policies?.(parameters)).toEqual({
    of: 'frontdoor',
    kind: { maxInFlight: 8, minServiceMs: 200 },
  })
})

test('breaker-stuck: the callee is well again, and its callers do not look', () => {
  const parameters = breakerStuck.parameters.parse({ blipMs: 500 })
  const at = (sinceMs: number) => breakerStuck.acts.inbound?.({ ...request, sinceMs }, parameters, createRandom(1))
  expect(at(499)).toEqual({ status: 503 })
  expect(at(500)).toEqual({})
  expect(breakerStuck.acts.policies?.(parameters).calls).toMatchObject({ breaker: true, breakerHalfOpenMs: 600_000 })
})
