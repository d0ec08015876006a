// What the load generator tells: counts since its start, and what became of each checkout.
import { z } from 'zod'
import { defineApi } from '../kit/http/api.ts'

const Count = z.int().nonnegative()
const Latency = z.object({ count: Count, p50Ms: z.number(), p95Ms: z.number(), p99Ms: z.number(), maxMs: z.number() })

/** Every request ends as exactly one of these. */
export const Counts = z.object({
  /** Right answers. */
  ok: Count,
  /** Right refusals, for instance of a card that must be declined. */
  refused: Count,
  /** Answers that are not what was asked for, whatever their status. */
  wrong: Count,
  /** No answer, or a status of 500 and above. */
  errors: Count,
})
export type Counts = z.infer<typeof Counts>

export const Report = Counts.extend({
  startedAt: z.iso.datetime(),
  /** The present setting: HTTP requests a second that are offered to the frontdoor (not journeys). */
  requestsPerSecond: z.number(),
  /** Arrivals; each was sent or dropped. */
  offered: Count,
  sent: Count,
  /** Arrivals that were not sent, since too many were in flight or this process was held up. */
  dropped: z.object({ inFlight: Count, late: Count }),
  inFlight: Count,
  /** Customers in the shop, thinking or waiting. */
  shoppers: Count,
  /** By reason, for instance `timeout` or `status_503`. */
  errorReasons: z.record(z.string(), Count),
  /** By reason, for instance `schema` or `stale_read`. */
  wrongReasons: z.record(z.string(), Count),
  latency: Latency,
  journeys: z.record(z.string(), Counts.extend({ latency: Latency })),
  regions: z.record(z.string(), Counts.extend({ latency: Latency })),
  steps: z.record(z.string(), Counts.extend({ latency: Latency })),
  checkouts: z.object({ accepted: Count, refused: Count, unknown: Count, open: Count }),
})
export type Report = z.infer<typeof Report>

export const CheckoutRecord = z.object({
  /** `open`: being tried; `unknown`: given up without an answer. */
  state: z.enum(['accepted', 'refused', 'unknown', 'open']),
  idempotencyKey: z.string(),
  userId: z.uuid(),
  /** Null when no answer named it. */
  orderId: z.uuid().nullable(),
  /** Of accepted ones. */
  totalCents: z.int().nullable(),
  /** Of refused ones. */
  reason: z.string().nullable(),
})
export type CheckoutRecord = z.infer<typeof CheckoutRecord>

export const loadApi = defineApi({
  report: {
    method: 'GET',
    path: '/report',
    summary: 'Counts and latencies since the start',
    response: Report,
  },
  checkouts: {
    method: 'GET',
    path: '/report/checkouts',
    summary: 'The last 20,000 checkouts, oldest first',
    response: z.object({ items: z.array(CheckoutRecord), total: Count }),
  },
})

/** Live settings from the control plane. */
export const LoadSettings = z.object({ requestsPerSecond: z.number().min(0).max(10_000) })
