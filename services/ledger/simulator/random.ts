// Seeded randomness: the same seed draws the same schedule, on every machine. Not for secrets.

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
    // Neighbouring seeds differ in one bit; after a few numbers nothing is left of that.
    for (let i = 0; i < 4; i++) this.next()
  }

  /** The next number in [0, 1): SplitMix32. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let z = this.#state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 4_294_967_296
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability
  }

  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  /** At least 1, mostly around `mean`, now and then far beyond. */
  exponential(mean: number): number {
    return 1 + Math.floor(-Math.log(1 - this.next()) * mean)
  }

  /** One of them; throws on an empty list. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from')
    return items[this.between(0, items.length - 1)] as T
  }
}
