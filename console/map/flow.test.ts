import { expect, test } from 'vitest'
import { Flow, transitOf } from './flow.ts'
import { toneOf, widthOf } from './link-look.ts'
import type { MapLink } from './map-model.ts'

function link(id: string, rate: number, errorShare = 0): MapLink {
  return {
    id,
    from: 'a',
    to: 'b',
    protocol: 'http',
    rate,
    errorShare,
    p95S: 0.01,
    breaker: undefined,
    pools: [],
    faults: [],
  }
}

/** Runs for so many seconds of 60 frames each; returns how many dots set out. */
function run(flow: Flow, seconds: number): number {
  let born = 0
  for (let frame = 0; frame < seconds * 60; frame++) {
    flow.advance(1 / 60)
    born += flow.dots.filter(({ at }) => at === 0).length
  }
  return born
}

test('dots set out at the real rate, failed ones at theirs', () => {
  let seed = 1
  const random = () => {
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647
  }
  const flow = new Flow(random)
  flow.update([link('a b', 5, 0.5)])
  expect(Math.abs(run(flow, 20) - 100)).toBeLessThanOrEqual(1)
  expect(flow.dots.length).toBeGreaterThan(0)
  expect(flow.requestsPerDot()).toBe(1)
  let failed = 0
  for (let i = 0; i < 600; i++) {
    flow.advance(1 / 60)
    failed += flow.dots.filter(({ at, failed }) => at === 0 && failed).length
  }
  expect(failed).toBeGreaterThan(10)
  expect(failed).toBeLessThan(40)
})

test('many requests are sampled, and that is told; their number is bounded', () => {
  const flow = new Flow(() => 0.9)
  flow.update(Array.from({ length: 100 }, (_, index) => link(`l${index}`, 1400)))
  run(flow, 5)
  expect(flow.dots.length).toBeLessThanOrEqual(600)
  expect(flow.requestsPerDot()).toBe(100)
})

test('what is gone lets nothing go, and loses its dots', () => {
  const flow = new Flow(() => 0.5)
  flow.update([link('a b', 10)])
  run(flow, 1)
  flow.update([])
  expect(flow.dots).toEqual([])
  expect(run(flow, 1)).toBe(0)
})

test('slow links are slow, wide and red', () => {
  expect(transitOf(1)).toBeGreaterThan(transitOf(0.01))
  expect(transitOf(100)).toBe(4)
  expect(widthOf({ p95S: 1 })).toBeGreaterThan(widthOf({ p95S: 0.05 }))
  expect([link('', 0), link('', 1), link('', 1, 0.02), link('', 1, 0.2)].map(toneOf)).toEqual([
    'idle',
    'ok',
    'warn',
    'error',
  ])
})
