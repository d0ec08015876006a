// Counts what became of every arrival. Offered = sent + dropped, and sent = ok + refused + wrong + errors + in flight, at any time.
import type { Region } from '../kit/control/document.ts'
import type { Verdict } from './action.ts'
import type { Counts, Report } from './contract.ts'
import { Histogram, type LatencySummary } from './histogram.ts'

export type Outcome = Verdict | { kind: 'error'; reason: string }

export type RequestRecord = {
  journey: string
  step: string
  region: Region
  outcome: Outcome
  latencyMs: number
}

export type DropReason = 'inFlight' | 'late'

export type TallySummary = Pick<
  Report,
  'offered' | 'sent' | 'dropped' | keyof Counts | 'errorReasons' | 'wrongReasons' | 'latency'
>

/** Counts with latencies. Only right answers and right refusals have a latency: an error that comes fast is not fast service. */
class Counter {
  readonly counts: Counts = { ok: 0, refused: 0, wrong: 0, errors: 0 }
  readonly latency = new Histogram()

  record(outcome: Outcome, latencyMs: number): void {
    switch (outcome.kind) {
      case 'ok':
      case 'pending':
        this.counts.ok += 1
        break
      case 'refused':
        this.counts.refused += 1
        break
      case 'wrong':
        this.counts.wrong += 1
        return
      case 'error':
        this.counts.errors += 1
        return
    }
    this.latency.record(latencyMs)
  }

  summary(): Counts & { latency: LatencySummary } {
    return { ...this.counts, latency: this.latency.summary() }
  }
}

/** One since the start, and one for each ten seconds. */
export class Tally {
  #sent = 0
  readonly #dropped: Record<DropReason, number> = { inFlight: 0, late: 0 }
  readonly #errorReasons = new Map<string, number>()
  readonly #wrongReasons = new Map<string, number>()
  readonly #all = new Counter()
  readonly #journeys = new Map<string, Counter>()
  readonly #regions = new Map<string, Counter>()
  readonly #steps = new Map<string, Counter>()

  send(): void {
    this.#sent += 1
  }

  drop(reason: DropReason, count = 1): void {
    this.#dropped[reason] += count
  }

  /** Names must come from a closed set: a counter is kept for each. */
  record({ journey, step, region, outcome, latencyMs }: RequestRecord): void {
    const named = [counterOf(this.#journeys, journey), counterOf(this.#regions, region), counterOf(this.#steps, step)]
    for (const counter of [this.#all, ...named]) counter.record(outcome, latencyMs)
    if (outcome.kind === 'error') increment(this.#errorReasons, outcome.reason)
    if (outcome.kind === 'wrong') increment(this.#wrongReasons, outcome.reason)
  }

  summary(): TallySummary {
    return {
      offered: this.#sent + this.#dropped.inFlight + this.#dropped.late,
      sent: this.#sent,
      dropped: { ...this.#dropped },
      ...this.#all.summary(),
      errorReasons: Object.fromEntries(this.#errorReasons),
      wrongReasons: Object.fromEntries(this.#wrongReasons),
    }
  }

  groups(): Pick<Report, 'journeys' | 'regions' | 'steps'> {
    return {
      journeys: summaries(this.#journeys),
      regions: summaries(this.#regions),
      steps: summaries(this.#steps),
    }
  }
}

function counterOf(counters: Map<string, Counter>, name: string): Counter {
  const known = counters.get(name)
  if (known) return known
  const counter = new Counter()
  counters.set(name, counter)
  return counter
}

function summaries(counters: Map<string, Counter>): Record<string, Counts & { latency: LatencySummary }> {
  return Object.fromEntries([...counters].map(([name, counter]) => [name, counter.summary()]))
}

function increment(counts: Map<string, number>, reason: string): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1)
}
