// What a query may cost: samples held, wall time, cancellation. It also hands the event loop back regularly, so that a
// heavy query never stalls the process. Long loops ask `due()` now and then, and await `pause()` when it says so.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { QueryError } from '../query-error.ts'

/** Longest stretch of work between two turns of the event loop. */
const SLICE_MS = 8

export interface Budget {
  /** Counts samples that the query now holds in memory. @throws QueryError `execution` beyond the limit. */
  hold(samples: number): void
  /** Samples held now; set it back to forget intermediate results. */
  held: number
  /** Raw samples decoded so far. */
  samplesRead: number
  due(): boolean
  /** Lets other work run. @throws QueryError `timeout` or `canceled`. */
  pause(): Promise<void>
}

export interface BudgetOptions {
  readonly maxSamples: number
  readonly timeoutMs: number
  readonly now: () => number
  readonly signal?: AbortSignal | undefined
}

export function createBudget({ maxSamples, timeoutMs, now, signal }: BudgetOptions): Budget {
  const deadline = now() + timeoutMs
  let sliceEnd = now() + SLICE_MS

  function check(): void {
    if (signal?.aborted) throw new QueryError('canceled', 'query was canceled in expression evaluation')
    if (now() > deadline) throw new QueryError('timeout', 'query timed out in expression evaluation')
  }

  check()
  return {
    held: 0,
    samplesRead: 0,
    hold(samples) {
      this.held += samples
      if (this.held <= maxSamples) return
      throw new QueryError('execution', 'query processing would load too many samples into memory in query execution')
    },
    due: () => now() > sliceEnd,
    async pause() {
      check()
      await nextTurn()
      check()
      sliceEnd = now() + SLICE_MS
    },
  }
}
