// Latencies in bounded memory: logarithmic buckets with linear steps inside, as HdrHistogram has them; values are exact to 3 %.

/** Steps within one doubling. */
const STEPS = 32
const STEP_BITS = 5
/** Values from 2^26 µs (67 s) on share the last bucket. */
const MAX_BITS = 26
const BUCKETS = STEPS + (MAX_BITS - STEP_BITS) * STEPS

export type LatencySummary = { count: number; p50Ms: number; p95Ms: number; p99Ms: number; maxMs: number }

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS)
  #count = 0
  #maxMicros = 0

  record(ms: number): void {
    const micros = Math.max(0, Math.round(ms * 1_000))
    const bucket = bucketOf(micros)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count += 1
    this.#maxMicros = Math.max(this.#maxMicros, micros)
  }

  /** The value in ms that `share` (0 to 1) of all are at or below; 0 when nothing was recorded. */
  quantileMs(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0
      if (seen >= rank && this.#count > 0) return Math.min(upperBound(bucket), this.#maxMicros) / 1_000
    }
    return 0
  }

  summary(): LatencySummary {
    const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => round(this.quantileMs(share)))
    return {
      count: this.#count,
      p50Ms: p50Ms ?? 0,
      p95Ms: p95Ms ?? 0,
      p99Ms: p99Ms ?? 0,
      maxMs: round(this.#maxMicros / 1_000),
    }
  }
}

function bucketOf(micros: number): number {
  if (micros < STEPS) return micros
  const exponent = Math.floor(Math.log2(micros))
  if (exponent >= MAX_BITS) return BUCKETS - 1
  const step = Math.floor(micros / 2 ** (exponent - STEP_BITS)) - STEPS
  return STEPS + (exponent - STEP_BITS) * STEPS + step
}

/** The largest value of a bucket, in µs; the last has no bound. */
function upperBound(bucket: number): number {
  if (bucket < STEPS) return bucket
  if (bucket === BUCKETS - 1) return Number.POSITIVE_INFINITY
  const exponent = Math.floor((bucket - STEPS) / STEPS) + STEP_BITS
  const step = (bucket - STEPS) % STEPS
  return (STEPS + step + 1) * 2 ** (exponent - STEP_BITS) - 1
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
