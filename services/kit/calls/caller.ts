// What a client sees of calling another kind of node. balanced-caller.ts is the real one; tests pass a fake.

/** Names the kind of node that calls; its callee may limit its callers by it. */
export const CALLER_HEADER = 'x-caller'

/** One request to a kind of node. Bodies are whole: everything that the shop sends is small, and a whole body can be sent again. */
export type CallRequest = {
  method: string
  /** Path with its query, as sent. */
  path: string
  /** Low-cardinality template of the path, for the span's name and `url.template`. */
  route: string
  headers?: Record<string, string>
  body?: Buffer | string
  /** Whether the request may be sent a second time when its outcome is unknown. */
  idempotent: boolean
  /** Cuts the policy's timeout, in ms. */
  timeoutMs?: number
  /** Asks this replica and no other, for instance `ledger-eu`; any when omitted. */
  instance?: string
}

export type CallResponse = {
  status: number
  /** Lower-case names. */
  headers: Record<string, string | string[]>
  body: Buffer
  /** The node that answered, for instance `orders-2`. */
  instance: string
}

export type CallFailureReason =
  | 'no_endpoint'
  | 'connect'
  | 'reset'
  | 'timeout'
  | 'cancelled'
  | 'breaker_open'
  | 'overloaded'
  | 'body_too_large'

/** No answer was had: thrown by `Caller.call` after its attempts are used up. Any answer, 500 included, is a `CallResponse`. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure'
  readonly callee: string
  readonly reason: CallFailureReason

  constructor(callee: string, reason: CallFailureReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.callee = callee
    this.reason = reason
  }
}

export type Caller = {
  /** The kind of node that is called, for instance `orders`. */
  readonly callee: string
  /** Sends the request to a healthy replica. Throws `CallFailure`. */
  call(request: CallRequest): Promise<CallResponse>
}

/** A caller of one replica, for nodes whose replicas are not alike. */
export function callerOf(caller: Caller, instance: string): Caller {
  return { callee: caller.callee, call: (request) => caller.call({ ...request, instance }) }
}
