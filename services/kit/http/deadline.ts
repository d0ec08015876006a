// The deadline and the cancellation of the request at hand, carried along the call tree without a parameter.
// A deadline travels as the milliseconds that remain, never as a wall-clock time: clocks of nodes differ.
import { AsyncLocalStorage } from 'node:async_hooks'

export const DEADLINE_HEADER = 'x-deadline-ms'

export type RequestScope = {
  /** `performance.now()` at which the answer is worthless. */
  deadlineAtMs: number
  /** Aborted when the deadline passes or when the client is gone. */
  signal: AbortSignal
}

const scopes = new AsyncLocalStorage<RequestScope>()

/** Runs `work` under a scope; calls and queries inside are cut by it. */
export function withScope<T>(scope: RequestScope, work: () => T): T {
  return scopes.run(scope, work)
}

/** Runs `work` outside of any request's deadline: for work that must outlive the request that caused it. */
export function withoutScope<T>(work: () => T): T {
  return scopes.exit(work)
}

export function currentScope(): RequestScope | undefined {
  return scopes.getStore()
}

/**
 * Settles as `work` does, or rejects with the signal's reason when the request at hand ends first. What was under way is left to
 * the same signal: it keeps nobody waiting.
 */
export function untilScopeEnds<T>(work: Promise<T>): Promise<T> {
  const signal = scopes.getStore()?.signal
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}

/** Milliseconds that the current request has left, never negative; undefined outside of a request. */
export function remainingMs(nowMs: number = performance.now()): number | undefined {
  const scope = scopes.getStore()
  return scope && Math.max(0, scope.deadlineAtMs - nowMs)
}
