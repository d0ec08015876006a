import { expect, test } from 'vitest'
import type { Fault } from '../fault.ts'
import { createRandom } from '../random.ts'
import { bandwidth } from './bandwidth.ts'
import { blackhole } from './blackhole.ts'
import { dns } from './dns.ts'
import { latency } from './latency.ts'
import { loss } from './loss.ts'
import { partition } from './partition.ts'
import { reset } from './reset.ts'

/** What a thousand segments of so many bytes meet. */
function segments(fault: Fault, given: object, bytes = 100) {
  const random = createRandom(7)
  const parameters = fault.parameters.parse(given)
  return Array.from({ length: 1_000 }, () => fault.acts.segment?.({ bytes, busyForMs: 0 }, parameters, random) ?? {})
}

test('latency adds its delay, and jitter around it that is never negative', () => {
  expect(new Set(segments(latency, { delayMs: 80 }).map(({ delayMs }) => delayMs))).toEqual(new Set([80]))
  const delays = segments(latency, { delayMs: 100, jitterMs: 60 }).map(({ delayMs = -1 }) => delayMs)
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length
  expect(mean).toBeGreaterThan(90)
  expect(mean).toBeLessThan(110)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...delays)).toBeGreaterThan(180)
})

test('bandwidth: a segment leaves after its own time and after what was sent before it', () => {
  const parameters = bandwidth.parameters.parse({ bytesPerS: 1_000 })
  const send = (bytes: number, busyForMs: number) =>
    bandwidth.acts.segment?.({ bytes, busyForMs }, parameters, createRandom(1))
  expect(send(500, 0)).toEqual({ delayMs: 500, busyForMs: 500 })
  expect(send(100, 500)).toEqual({ delayMs: 600, busyForMs: 600 })
  expect(send(0, 0)).toEqual({ delayMs: 0, busyForMs: 0 })
})

test('loss: stalls are those of retransmissions, each twice as long, as often as they should be', () => {
  const delays = segments(loss, { probability: 0.3 }).map(({ delayMs }) => delayMs)
  const share = (delay: number) => delays.filter((one) => one === delay).length / delays.length
  expect([...new Set(delays)].every((delay) => [0, 200, 600, 1_400, 3_000, 6_200, 12_600].includes(delay ?? -1))).toBe(
    true,
  )
  expect(share(0)).toBeGreaterThan(0.65)
  expect(share(0)).toBeLessThan(0.75)
  expect(share(200)).toBeGreaterThan(0.17)
  expect(share(600)).toBeGreaterThan(0.03)
})

test('reset spares the opening of a connection, and takes its share of the rest', () => {
  expect(segments(reset, { probability: 1 }, 0).some((verdict) => verdict.reset)).toBe(false)
  const share = segments(reset, { probability: 0.3 }).filter((verdict) => verdict.reset).length / 1_000
  expect(share).toBeGreaterThan(0.25)
  expect(share).toBeLessThan(0.35)
  expect(reset.acts.resetsAtOnce?.({})).toBe(true)
})

test('the same seed makes the same decisions', () => {
  expect(segments(loss, {})).toEqual(segments(loss, {}))
})

test('a name is not found, or late', () => {
  const lookup = (given: object) =>
    dns.acts.lookup?.({ name: 'orders-1' }, dns.parameters.parse(given), createRandom(1))
  expect(lookup({})).toEqual({ delayMs: 0, code: 'ENOTFOUND' })
  expect(lookup({ mode: 'slow', delayMs: 700 })).toEqual({ delayMs: 700 })
})

test('a hole swallows everything; a partition cuts both ways unless told otherwise', () => {
  expect(blackhole.acts.cut?.({})).toBe(true)
  expect(partition.acts.cut?.({})).toBe(true)
  expect(partition.bothWays?.(partition.parameters.parse({}))).toBe(true)
  expect(partition.bothWays?.(partition.parameters.parse({ asymmetric: 'true' }))).toBe(false)
})
