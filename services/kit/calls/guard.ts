// The bulkhead and the breaker around all attempts to one callee, by cockatiel, rebuilt only when their part of the policy changes.
import { AsyncResource } from 'node:async_hooks'
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  circuitBreaker,
  handleWhen,
  SamplingBreaker,
  TaskCancelledError,
} from 'cockatiel'
import { AttemptFailed } from './attempt-failed.ts'
import type { CallResponse } from './caller.ts'
import { isReplicasFault } from './outcome.ts'
import type { CallPolicy } from './policy.ts'

export type BreakerState = 'closed' | 'open' | 'half_open'

const breakerStates: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
}

/** A change of one of these makes a new breaker, closed and without a memory. */
const breakerSettings = [
  'breaker',
  'breakerThreshold',
  'breakerWindowMs',
  'breakerMinPerS',
  'breakerHalfOpenMs',
] as const satisfies (keyof CallPolicy)[]
const bulkheadSettings = ['maxConcurrent', 'maxQueued'] as const satisfies (keyof CallPolicy)[]

export type GuardOptions = {
  policy: CallPolicy
  /** Whether an answer counts as a failure. */
  isUnavailable: (response: CallResponse) => boolean
  onBreaker: (state: BreakerState) => void
}

export class Guard {
  readonly #isUnavailable: GuardOptions['isUnavailable']
  #policy: CallPolicy
  readonly #onBreaker: GuardOptions['onBreaker']
  #breaker: CircuitBreakerPolicy | undefined
  #bulkhead: ReturnType<typeof bulkhead>

  constructor({ policy, isUnavailable, onBreaker }: GuardOptions) {
    this.#isUnavailable = isUnavailable
    this.#policy = policy
    this.#onBreaker = onBreaker
    this.#breaker = this.#newBreaker()
    this.#bulkhead = bulkhead(policy.maxConcurrent, policy.maxQueued)
  }

  get breaker(): BreakerState {
    return this.#breaker ? breakerStates[this.#breaker.state] : 'closed'
  }

  /** Attempts that wait for their turn. */
  get queued(): number {
    return this.#policy.maxQueued - this.#bulkhead.queueSlots
  }

  update(policy: CallPolicy): void {
    const before = this.#policy
    this.#policy = policy
    const differs = (name: keyof CallPolicy) => policy[name] !== before[name]
    if (breakerSettings.some(differs)) {
      const state = this.breaker
      this.#breaker = this.#newBreaker()
      if (state !== 'closed') this.#onBreaker('closed')
    }
    if (bulkheadSettings.some(differs)) this.#bulkhead = bulkhead(policy.maxConcurrent, policy.maxQueued)
  }

  /** Runs one attempt when there is room and the breaker lets it. Rejects with `AttemptFailed` or whatever `attempt` rejects with. */
  async run(attempt: () => Promise<CallResponse>, signal: AbortSignal | undefined): Promise<CallResponse> {
    const guarded = () => this.#throughBreaker(attempt)
    try {
      if (this.#bulkhead.executionSlots > 0) return await this.#bulkhead.execute(guarded)
      // Bound, for a queued attempt is started by the one that ends before it, whose context is another request's.
      const queued = this.#bulkhead.execute(AsyncResource.bind(guarded), signal)
      return await (signal ? orAborted(queued, signal) : queued)
    } catch (error) {
      throw toAttemptFailed(error)
    }
  }

  #throughBreaker(attempt: () => Promise<CallResponse>): Promise<CallResponse> {
    if (!this.#breaker) return attempt()
    // cockatiel would let others wait for the probe's outcome; to fail at once is kinder to whoever waits for us.
    if (this.#breaker.state === CircuitState.HalfOpen) throw breakerOpen()
    return this.#breaker.execute(attempt)
  }

  #newBreaker(): CircuitBreakerPolicy | undefined {
    const { breakerThreshold, breakerWindowMs, breakerMinPerS, breakerHalfOpenMs } = this.#policy
    if (!this.#policy.breaker) return undefined
    const breaker = circuitBreaker(
      handleWhen((error) => this.#isFailure(error, breaker.state)).orWhenResult(
        // Only attempts run through this breaker.
        (response) => this.#isUnavailable(response as CallResponse),
      ),
      {
        halfOpenAfter: breakerHalfOpenMs,
        breaker: new SamplingBreaker({
          threshold: Math.min(breakerThreshold, 0.999),
          duration: breakerWindowMs,
          minimumRps: breakerMinPerS,
        }),
      },
    )
    breaker.onStateChange((state) => {
      // One that was replaced may still come to the end of its attempts.
      if (this.#breaker === breaker) this.#onBreaker(breakerStates[state])
    })
    return breaker
  }

  /** A probe has to succeed to close the breaker: one that was cancelled proves nothing. */
  #isFailure(error: Error, state: CircuitState): boolean {
    if (!(error instanceof AttemptFailed)) return false
    return state === CircuitState.HalfOpen || isReplicasFault(error, this.#policy.timeoutMs)
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new TaskCancelledError())
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function breakerOpen(cause?: unknown): AttemptFailed {
  return new AttemptFailed('breaker_open', 'the breaker is open: too many attempts failed', { sent: false, cause })
}

function toAttemptFailed(error: unknown): unknown {
  if (error instanceof BrokenCircuitError) return breakerOpen(error)
  if (error instanceof BulkheadRejectedError) {
    return new AttemptFailed('overloaded', 'too many calls are under way', { sent: false, cause: error })
  }
  if (error instanceof TaskCancelledError) {
    return new AttemptFailed('cancelled', 'the request ended while it waited for its turn', {
      sent: false,
      cause: error,
    })
  }
  return error
}
