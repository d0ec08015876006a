import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { doneAgain } from '../indicators.ts'
import { choice, flag, quantity } from '../parameters.ts'
import type { Trace } from '../trace.ts'

export const duplicateDelivery = defineFault({
  id: 'duplicate-delivery',
  term: 'duplicate delivery',
  layer: 'data',
  targets: ['cluster', 'kind', 'node'],
  parameters: z.strictObject({
    probability: quantity({
      min: 0.01,
      max: 1,
      default: 1,
      unit: 'probability',
      what: 'that something is delivered twice',
    }),
    messages: flag(true, 'messages of the queue, to their consumer'),
    requests: flag(true, 'requests that write and may be repeated'),
    callee: choice(['payments', 'products', 'orders'], 'who gets requests twice'),
  }),
  description:
    'Messages and writing requests arrive twice, as they do after an answer that was lost on its way back. Each delivery is served in full. ' +
    'Only what claims to be idempotent is delivered again: with idempotency on that has no effect, and with it off orders are charged and ' +
    'shipped twice.',
  acts: {
    delivery: (_event, { messages, probability }, random) => ({ again: messages && random() < probability }),
    answered: ({ callee, method, idempotent, status }, parameters, random) => ({
      again:
        parameters.requests &&
        callee === parameters.callee &&
        idempotent &&
        method !== 'GET' &&
        status < 300 &&
        random() < parameters.probability,
    }),
  },
  signature: {
    gist: 'what was done already, asked for again',
    promql: 'sum by (operation) (rate(shop_repetitions_total{operation!="checkout"}[10s])) > 0.15',
    trace: {
      search: () => ({ services: ['fulfilment', 'orders'] }),
      holds: (trace) => hasTwins(trace, messageOf) || hasTwins(trace, chargeOf),
    },
    alert: 'DeliveredTwice',
  },
  impact: {
    indicator: doneAgain,
    text: 'none: masked by idempotency. Without it customers pay twice and get two parcels, and no request fails',
  },
  remedies: [
    {
      policies: [{ policy: 'idempotency', without: false, with: true }],
      why: 'the second of the same key finds what the first has done',
    },
    { measure: 'reconciliation', why: 'finds what was done twice, afterwards' },
  ],
  redHerring: 'nothing fails and nothing is slow: only the books do not add up',
  example: { small: {}, full: {} },
})

type Span = Trace['spans'][number]

function hasTwins(trace: Trace, keyOf: (span: Span) => string | undefined): boolean {
  const keys = trace.spans.map(keyOf).filter((key) => key !== undefined)
  return new Set(keys).size < keys.length
}

/** A message whose delivery is the first, as the queue has it. */
function messageOf({ kind, tags }: Span): string | undefined {
  const isFirst = tags['faultline.message.redeliveries'] === undefined
  return kind === 'consumer' && isFirst ? String(tags['messaging.message.id']) : undefined
}

/** A request to charge that is not said to be a repeat. */
function chargeOf({ kind, parentId, tags }: Span): string | undefined {
  const isCharge = kind === 'client' && tags['url.template'] === '/charges/:orderId'
  return isCharge && tags['http.request.resend_count'] === undefined
    ? `${parentId} ${tags['http.request.method']}`
    : undefined
}
