import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { shippedShare } from '../indicators.ts'
import { count, quantity } from '../parameters.ts'

export const queueLag = defineFault({
  id: 'queue-lag',
  term: 'queue lag (slow consumer)',
  layer: 'data',
  targets: ['kind', 'node'],
  parameters: z.strictObject({
    pauseMs: quantity({
      min: 1,
      max: 60_000,
      default: 7_000,
      unit: 'milliseconds',
      what: 'before the consumer asks for messages again',
    }),
    batch: count({ min: 1, max: 100, default: 1, unit: 'messages', what: 'that it takes at a time' }),
  }),
  description:
    'The consumer takes fewer messages than are sent, and takes its time between them. Each is handled as quickly as ever, and nothing fails.',
  acts: { fetch: (_event, { pauseMs, batch }) => ({ delayMs: pauseMs, limit: batch }) },
  signature: {
    gist: 'age of the oldest message',
    promql: 'max by (queue) (faultline_queue_oldest_age_seconds) > 2',
    trace: {
      search: ({ kinds }) => ({ services: kinds }),
      holds: (trace) => {
        const sent = new Map(trace.spans.filter(({ kind }) => kind === 'producer').map((span) => [span.id, span]))
        return trace.spans.some((span) => {
          const producer = span.kind === 'consumer' ? sent.get(span.parentId ?? '') : undefined
          const isFirst = span.tags['faultline.message.redeliveries'] === undefined
          return producer !== undefined && isFirst && span.startUs - producer.startUs - producer.durationUs > 2_000_000
        })
      },
    },
    alert: 'QueueLags',
  },
  impact: {
    indicator: shippedShare,
    text: 'orders are accepted and shipped late: no request of a customer is slower',
  },
  remedies: [{ replicas: { fulfilment: 2 }, why: 'messages are taken by whoever is free' }],
  experiment: { injection: { target: 'fulfilment-1' }, settleS: 10 },
  redHerring: 'all requests are quick and none fails: only what nobody waits for is late',
  example: { small: { target: 'fulfilment' }, full: { target: 'fulfilment' } },
})
