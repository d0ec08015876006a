import { describe, expect, test } from 'vitest'
import { atOtherRate, takeArrivals } from './arrivals.ts'
import { CheckoutLog } from './checkout-log.ts'
import { Histogram } from './histogram.ts'
import { createRandom, exponential } from './random.ts'
import { Tally } from './tally.ts'
import { WaitingLine } from './waiting-line.ts'

describe('arrivals', () => {
  test('come at the rate, however often one looks', () => {
    for (const stepMs of [1, 7, 250]) {
      const random = createRandom(stepMs)
      let due = 0
      let nextAtMs = 0
      for (let nowMs = 0; nowMs < 100_000; nowMs += stepMs) {
        const arrivals = takeArrivals(nextAtMs, nowMs, 100, random)
        expect(arrivals.late).toBe(0)
        expect(arrivals.nextAtMs).toBeGreaterThan(nowMs)
        due += arrivals.due
        nextAtMs = arrivals.nextAtMs
      }
      expect(due / 10_000).toBeCloseTo(1, 1)
    }
  })

  test('more than a second late are given up', () => {
    const { due, late } = takeArrivals(0, 3_600_000, 10, createRandom(1))
    // A Poisson count: within 1,000 of what is expected but for one run in ten million.
    expect(Math.abs(late - 35_990)).toBeLessThan(1_000)
    expect(due).toBeGreaterThan(0)
    expect(due).toBeLessThan(40)
  })

  test('a standstill of days is not drawn to its end, and is counted all the same', () => {
    const { late } = takeArrivals(0, 10_000_000_000, 1_000, createRandom(3))
    expect(late / 10_000_000_000).toBeCloseTo(1, 2)
  })

  test('another rate changes the wait that is left in proportion', () => {
    expect(atOtherRate(1_400, 1_000, 10, 40)).toBe(1_100)
    expect(atOtherRate(1_400, 1_000, 10, 5)).toBe(1_800)
    expect(atOtherRate(900, 1_000, 10, 5)).toBe(1_000)
  })
})

test('a waiting line hands out whoever is ready first', () => {
  const random = createRandom(2)
  const times = Array.from({ length: 500 }, () => Math.floor(random() * 1_000))
  const line = new WaitingLine<number>()
  for (const atMs of times) line.add(atMs, atMs)
  expect(line.takeReady(-1)).toBeUndefined()
  const taken: number[] = []
  for (let next = line.takeReady(500); next !== undefined; next = line.takeReady(500)) taken.push(next)
  expect(taken).toEqual(times.filter((atMs) => atMs <= 500).sort((one, other) => one - other))
  expect(line.length).toBe(times.length - taken.length)
})

describe('latencies', () => {
  test('quantiles are exact to 3 %', () => {
    const random = createRandom(3)
    const values = Array.from({ length: 20_000 }, () => exponential(random, 40)).sort((one, other) => one - other)
    const histogram = new Histogram()
    for (const value of values) histogram.record(value)
    for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
      const exact = values[Math.ceil(share * values.length) - 1] ?? 0
      expect(Math.abs(histogram.quantileMs(share) - exact) / exact).toBeLessThan(0.032)
    }
  })

  test.each([
    [0, 0],
    [0.001, 0.001],
    [67_000, 67_000],
    [1_000_000, 1_000_000],
  ])('a single latency of %d ms is %d ms', (ms, shown) => {
    const histogram = new Histogram()
    histogram.record(ms)
    expect(histogram.quantileMs(0.99)).toBeCloseTo(shown, 5)
  })

  test('none at all is 0', () => {
    expect(new Histogram().summary()).toEqual({ count: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 })
  })
})

test('a tally counts each outcome once, and errors have no latency', () => {
  const tally = new Tally()
  const place = { journey: 'buy', step: 'checkout', region: 'eu', latencyMs: 10 } as const
  for (let index = 0; index < 5; index++) tally.send()
  tally.drop('late', 3)
  tally.drop('inFlight')
  tally.record({ ...place, outcome: { kind: 'ok' } })
  tally.record({ ...place, outcome: { kind: 'pending' } })
  tally.record({ ...place, outcome: { kind: 'refused', reason: 'card_declined' } })
  tally.record({ ...place, outcome: { kind: 'wrong', reason: 'schema', detail: 'x' } })
  tally.record({ ...place, outcome: { kind: 'error', reason: 'timeout' } })
  const counts = { ok: 2, refused: 1, wrong: 1, errors: 1 }
  expect(tally.summary()).toMatchObject({
    ...{ ...counts, offered: 9, sent: 5, dropped: { late: 3, inFlight: 1 } },
    ...{ errorReasons: { timeout: 1 }, wrongReasons: { schema: 1 }, latency: { count: 3, p50Ms: 10 } },
  })
  const { journeys, regions, steps } = tally.groups()
  for (const group of [journeys.buy, regions.eu, steps.checkout]) expect(group).toMatchObject(counts)
})

test('a checkout log forgets the oldest, and still counts all', () => {
  const log = new CheckoutLog(2)
  for (const key of ['a', 'b', 'c']) log.open(key, 'user')
  log.close('a', { state: 'accepted', orderId: 'order-a' })
  log.close('b', { state: 'refused', reason: 'card_declined' })
  expect(log.records()).toEqual([
    { state: 'refused', idempotencyKey: 'b', userId: 'user', orderId: null, totalCents: null, reason: 'card_declined' },
    { state: 'open', idempotencyKey: 'c', userId: 'user', orderId: null, totalCents: null, reason: null },
  ])
  expect(log.counts()).toEqual({ accepted: 1, refused: 1, unknown: 0, open: 1 })
})
