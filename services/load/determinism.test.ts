// One seed, one schedule: with a fake clock, two runs make the same arrivals, by the same people, who choose the same products. What
// changes the load a little earlier or later, or holds the process up, changes no more than that.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { readJourneys } from './journeys.ts'
import { createLoad, type Load } from './load.ts'
import { createTestShop } from './test-shop.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

const journeys = { ...readJourneys(undefined), searches: ['kettle', 'lamp'] }

type Arrival = { atMs: number; region: string; what: string }
/** When, in ms, which rate is set. */
type Rates = readonly (readonly [atMs: number, requestsPerSecond: number])[]

/** What arrives at the shop in half a minute. */
async function run(seed: number, rates: Rates, during?: (atMs: number, load: Load) => void): Promise<Arrival[]> {
  const shop = createTestShop()
  const startMs = performance.now()
  const arrivals: Arrival[] = []
  const load = createLoad({
    journeys,
    seed,
    log: captureLog().log,
    send: (request, region) => {
      arrivals.push({
        atMs: Math.round(performance.now() - startMs),
        region,
        what: `${request.method} ${plain(request.path)}`,
      })
      return shop.send(request, region)
    },
  })
  for (let atMs = 0; atMs < 30_000; atMs += 10) {
    for (const [changeMs, rate] of rates) if (changeMs === atMs) load.setRate(rate)
    during?.(atMs, load)
    await vi.advanceTimersByTimeAsync(10)
  }
  load.stop()
  return arrivals
}

/** Orders have random ids. */
function plain(path: string): string {
  return path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID')
}

const rates: Rates = [
  [0, 20],
  [8_000, 60],
  [15_000, 0],
  [17_000, 30],
]

test('the same seed and load: the same moments, regions, pages and products', async () => {
  const first = await run(7, rates)
  const products = first.filter(({ what }) => what.includes('p-00'))
  expect(first.length).toBeGreaterThan(700)
  expect(products.length).toBeGreaterThan(50)
  expect(await run(7, rates)).toEqual(first)
  const other = await run(8, rates)
  expect(other.map(({ atMs }) => atMs)).not.toEqual(first.map(({ atMs }) => atMs))
  expect(other.map(({ what }) => what)).not.toEqual(first.map(({ what }) => what))
})

test('a change of load that comes a little later shifts arrivals a little, and changes nothing else', async () => {
  const first = await run(7, rates)
  const later = await run(
    7,
    rates.map(([atMs, rate]) => [atMs === 8_000 ? 8_100 : atMs, rate] as const),
  )
  // Four arrivals in 100 ms at the difference of 40 a second.
  const until = (arrivals: Arrival[], atMs: number) => arrivals.filter((arrival) => arrival.atMs < atMs).length
  for (const atMs of [8_000, 12_000, 16_000, 29_000]) {
    expect(Math.abs(until(later, atMs) - until(first, atMs))).toBeLessThanOrEqual(16)
  }
  const before = first.filter(({ atMs }) => atMs < 8_000)
  expect(later.slice(0, before.length)).toEqual(before)
})

test('a pause does not draw anew', async () => {
  const straight = await run(7, [[0, 20]])
  const paused = await run(7, [
    [0, 20],
    [5_000, 0],
    [9_000, 20],
  ])
  const gaps = (arrivals: Arrival[]) => arrivals.map(({ atMs }) => Math.round(atMs))
  const shifted = gaps(straight).map((atMs) => (atMs < 5_000 ? atMs : atMs + 4_000))
  const expected = shifted.filter((atMs) => atMs < 29_900)
  const found = gaps(paused).slice(0, expected.length)
  // The clock of timers has whole milliseconds.
  expect(found.every((atMs, index) => Math.abs(atMs - (expected[index] ?? 0)) <= 2)).toBe(true)
})
