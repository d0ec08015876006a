// Why one attempt of a call had no answer.
import type { CallFailureReason } from './caller.ts'

type Details = {
  sent: boolean
  code?: string | undefined
  /** How long the replica was given, for a timeout. */
  allowedMs?: number | undefined
  cause?: unknown
}

export class AttemptFailed extends Error {
  override readonly name = 'AttemptFailed'
  readonly reason: CallFailureReason
  /** Becomes `error.type` of the attempt's span: `timeout`, `cancelled`, or the socket's code such as `ECONNREFUSED`. */
  readonly code: string
  /** False when not one byte of the request can have reached the replica. */
  readonly sent: boolean
  readonly allowedMs: number

  constructor(reason: CallFailureReason, message: string, details: Details) {
    super(message, { cause: details.cause })
    this.reason = reason
    this.code = details.code ?? reason
    this.sent = details.sent
    this.allowedMs = details.allowedMs ?? 0
  }
}

/** An answer that arrived and is not the one that was sent: as useless as a connection that broke before it. */
export function damagedBody(callee: string): AttemptFailed {
  return new AttemptFailed('reset', `the answer of ${callee} is not the one that it sent`, {
    sent: true,
    code: 'checksum',
  })
}
