// What has been decided about a request before the app had it, carried out where its handler would begin: by then it has a route, a deadline
// and a right to an answer like any other, and what it fails with is answered, logged and measured as any failure.
import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { untilScopeEnds } from './deadline.ts'
import { HttpError } from './errors.ts'

export type RequestFate = {
  delayMs: number
  /** What it fails with, after the delay; its handler follows when undefined. */
  status: number | undefined
}

const fateOf = Symbol('fate')
type Request = IncomingMessage & { [fateOf]?: RequestFate | undefined }

export function setFate(request: Request, fate: RequestFate): void {
  request[fateOf] = fate
}

/** Call it where the handler begins. Undefined, nearly always, when that may be now; rejects with what the request fails with. */
export function meetFate(request: Request): Promise<void> | undefined {
  const fate = request[fateOf]
  if (!fate) return undefined
  request[fateOf] = undefined
  const failure = fate.status === undefined ? undefined : failureOf(fate.status)
  // Thrown here, as by the handler.
  if (failure) Error.captureStackTrace(failure, meetFate)
  return untilScopeEnds(meet(fate.delayMs, failure))
}

async function meet(delayMs: number, failure: Error | undefined): Promise<void> {
  if (delayMs > 0) await delay(delayMs)
  if (failure) throw failure
}

/** A bug, for a 500, as JavaScript has most of them; otherwise a node that says what it is not able to do. */
function failureOf(status: number): Error {
  if (status === 500) return new TypeError("Cannot read properties of undefined (reading 'id')")
  return new HttpError(status, 'unavailable', 'this node is not able to answer at the moment')
}
