// What an attempt came to, and what that says about the replica. Pure.
import type { AttemptFailed } from './attempt-failed.ts'
import type { CallResponse } from './caller.ts'

export type Outcome =
  | { kind: 'answered'; response: CallResponse; unavailable: boolean }
  | { kind: 'failed'; failure: AttemptFailed }

/**
 * Whether an answer means that the replica, or what it stands in front of, was not able to work: 502, 503 and 504. A 500 is an
 * answer like another here: it is a bug, most likely the same on each replica, and asking elsewhere does not help.
 */
export function saysUnavailable({ status }: CallResponse): boolean {
  return status === 502 || status === 503 || status === 504
}

/** Whether an attempt came to an answer that is worth having: there is no need for another. */
export function isGood(outcome: Outcome): boolean {
  return outcome.kind === 'answered' && !outcome.unavailable
}

/** Whether the connection or the replica failed, and neither we nor the whole callee. */
export function isConnectionFailure(failure: AttemptFailed): boolean {
  return failure.reason === 'connect' || failure.reason === 'reset' || failure.reason === 'timeout'
}

/**
 * Whether a failed attempt counts against the replica (ejection) and the callee (breaker). A timeout does only when the replica had
 * at least half of the policy's time: a request that came with little of its deadline left says nothing about who was asked.
 */
export function isReplicasFault(failure: AttemptFailed, policyTimeoutMs: number): boolean {
  if (failure.reason === 'timeout') return failure.allowedMs >= policyTimeoutMs / 2
  return isConnectionFailure(failure)
}
