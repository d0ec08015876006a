// What a step of a journey is: a request that it makes and a judgement on the answer. Pure but for the shopper that it carries on.
import type { CallResponse } from '../kit/calls/caller.ts'
import type { EndpointSpec } from '../kit/http/api.ts'
import { isIdempotent } from '../kit/http/api.ts'
import { fillPath } from '../kit/http/client.ts'
import type { Step, TestCard } from './journeys.ts'
import type { Shopper } from './shopper.ts'

export type ShopRequest = {
  method: string
  path: string
  /** Template of the path. */
  route: string
  headers: Record<string, string>
  body?: string
  idempotent: boolean
}

/** `pending`: a right answer that does not end the step: it is to be repeated. */
export type Verdict =
  | { kind: 'ok' }
  | { kind: 'pending' }
  | { kind: 'refused'; reason: string }
  | { kind: 'wrong'; reason: WrongReason; detail: string }

export type WrongReason =
  | 'unexpected_status'
  | 'not_json'
  | 'schema'
  | 'content'
  | 'other_than_asked'
  | 'inconsistent'
  | 'stale_read'
  | 'other_order'
  | 'trace_header'

/** What all shoppers share. */
export type ShopKnowledge = {
  searches: readonly string[]
  cards: readonly TestCard[]
  /** Never repeated, not even by another run with the same seed: account names and idempotency keys. */
  uniqueId(): string
}

export type Action = {
  /** The request, or undefined when the step does not apply: no product chosen, a session is there already. */
  request(shopper: Shopper, step: Step, shop: ShopKnowledge): ShopRequest | undefined
  /** Judges an answer below 500 and notes on the shopper what it says. */
  judge(shopper: Shopper, answer: CallResponse): Verdict
  /** How often a step without an answer is sent again, with the pause in ms between; others end the journey. */
  repeat?: { attempts: number; pauseMs: number }
  /** The step belongs to the customer's account: when its outcome is unknown, the account must rest. */
  changesAccount?: boolean
}

export const ok: Verdict = { kind: 'ok' }

export function wrong(reason: WrongReason, detail: string): Verdict {
  return { kind: 'wrong', reason, detail }
}

type Parts = {
  params?: Record<string, string>
  query?: Record<string, string | number | undefined>
  headers?: Record<string, string>
  body?: unknown
}

/** A request to an endpoint of the shop's public API. */
export function ask(endpoint: EndpointSpec, { params = {}, query = {}, headers = {}, body }: Parts): ShopRequest {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
  const path = fillPath(endpoint.path, params)
  return {
    method: endpoint.method,
    path: search.size === 0 ? path : `${path}?${search}`,
    route: endpoint.path,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    idempotent: isIdempotent(endpoint),
  }
}
