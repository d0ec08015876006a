// Random operations on the store and on a naive one must read alike; what the store has given up must be the oldest.
import { expect, test } from 'vitest'
import { type Labels, labelsFrom } from '../../promql/labels.ts'
import { createMatcher } from '../../promql/matcher.ts'
import { NaiveStore, readSamples } from './naive-store.ts'
import { Tsdb } from './tsdb.ts'

/** A small seeded generator (mulberry32): numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Walk = (previous: number, random: () => number) => number

const walks: Walk[] = [
  (previous) => previous,
  (previous) => previous + 1,
  (previous, random) => Math.trunc(previous) + Math.floor(random() * 100),
  (previous, random) => Math.trunc(previous) + Math.floor(random() * 100_000) - 50_000,
  (_previous, random) => random() * 1e6,
  (previous, random) => (random() < 0.1 ? random() : previous),
  (_previous, random) => [Number.NaN, Number.POSITIVE_INFINITY, -0, 0, 1e308, 5e-324][Math.floor(random() * 6)]!,
]

const steps = [
  () => 1000,
  (random: () => number) => 900 + Math.floor(random() * 200),
  () => 15_000,
  (random: () => number) => 1 + Math.floor(random() * 1e6),
]

test.each(Array.from({ length: 40 }, (_, seed) => seed))('seed %i', (seed) => {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  // Some runs with a budget so small that samples are dropped.
  const store = new Tsdb({ budgetBytes: seed % 4 === 0 ? 192 * 1024 : 64 * 1024 * 1024, maxAgeMs: 1e12 })
  const naive = new NaiveStore()
  const sets: Labels[] = Array.from({ length: 12 }, (_, i) => labelsFrom({ __name__: `m${i % 3}`, i: String(i) }))
  const times = sets.map(() => Math.floor(random() * 1e6))
  const last = sets.map(() => 0)
  let walk = pick(walks)
  let step = pick(steps)
  for (let n = 0; n < 12_000; n++) {
    if (random() < 0.002) walk = pick(walks)
    if (random() < 0.002) step = pick(steps)
    const i = Math.floor(random() * sets.length)
    const labels = sets[i]!
    const backwards = random() < 0.01
    const time = backwards ? times[i]! - Math.floor(random() * 3000) : times[i]! + step(random)
    const series = store.series(labels)!
    const stale = random() < 0.003
    const value = walk(last[i]!, random)
    const result = stale ? store.appendStale(series, time) : store.append(series, time, value)
    const accepted = naive.append(labels, time, value, stale)
    if (accepted) {
      expect(result).toBe('ok')
      times[i] = time
      last[i] = Number.isFinite(value) ? value : 0
    } else if (result === 'ok') {
      // The very same sample again is no error.
      expect(Object.is(readSamples(series, time, time)[0]?.value, value)).toBe(true)
    }
  }
  let dropped = 0
  for (const labels of sets) {
    const everything = naive.read(labels, -1e15, 1e15)
    const series = store.series(labels)!
    const kept = readSamples(series, -1e15, 1e15)
    expect(kept).toEqual(everything.slice(everything.length - kept.length))
    dropped += everything.length - kept.length
    const keptFrom = kept[0]?.timestampMs ?? 0
    for (let n = 0; n < 30; n++) {
      const from = Math.max(keptFrom, pick(everything).timestampMs + Math.floor(random() * 3) - 1)
      const to = from + Math.floor(random() * 200_000)
      expect(readSamples(series, from, to)).toEqual(naive.read(labels, from, to))
    }
  }
  expect(dropped > 0).toBe(seed % 4 === 0)
  expect(store.bytes).toBeLessThanOrEqual(store.options.budgetBytes)
  const found = store.select([createMatcher('__name__', '=~', 'm[01]')], -1e15, 1e15)
  expect(found.map(({ labels }) => labels.key).sort()).toEqual(
    sets
      .filter(({ pairs }) => pairs[0]?.[1] !== 'm2')
      .map(({ key }) => key)
      .sort(),
  )
})
