// Seeded randomness for faults: the same seed makes the same decisions in the same order. Not for secrets.

/** The next number in [0, 1). */
export type Random = () => number

/** Mulberry32: 32 bits of state. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A seed of its own for each topic (FNV-1a over both), so that what one node draws does not change what another does. */
export function seedFor(seed: number, ...topics: readonly string[]): number {
  let hash = 0x811c9dc5
  for (const char of `${seed}/${topics.join('/')}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash >>> 0
}

/** Normally distributed around `mean` (Box–Muller), cut at three deviations and never negative. */
export function normal(random: Random, mean: number, deviation: number): number {
  if (deviation === 0) return mean
  const radius = Math.sqrt(-2 * Math.log(1 - random()))
  const value = radius * Math.cos(2 * Math.PI * random())
  return Math.max(0, mean + deviation * Math.min(3, Math.max(-3, value)))
}
