import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { shippedShare } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { among } from '../trace.ts'

export const poisonMessage = defineFault({
  id: 'poison-message',
  term: 'poison message',
  layer: 'data',
  targets: ['kind', 'node'],
  parameters: z.strictObject({
    share: quantity({ min: 0.01, max: 1, default: 0.5, unit: 'probability', what: 'that a message is one' }),
  }),
  description:
    'Some messages cannot be read by their consumer, now or ever: each delivery of such a one fails, until it is given up as a dead letter. ' +
    'Which ones is decided by their ids, so that it is the same ones each time.',
  acts: { delivery: (_event, { share }, random) => ({ garbled: random() < share }) },
  signature: {
    gist: 'deliveries that failed',
    promql: 'sum by (queue) (rate(faultline_queue_process_duration_seconds_count{outcome="failed"}[10s])) > 0.15',
    trace: {
      search: ({ kinds }) => ({ services: kinds, tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) =>
        trace.spans.some(
          ({ kind, node, tags }) =>
            kind === 'consumer' &&
            among(node, nodes) &&
            Number(tags['faultline.message.redeliveries'] ?? 0) > 0 &&
            /malformed/.test(String(tags['otel.status_description'])),
        ),
    },
    alert: 'MessagesRedelivered',
  },
  impact: {
    indicator: shippedShare,
    text: 'some orders are not shipped until somebody redelivers their dead letters',
  },
  remedies: [{ measure: 'a dead-letter queue', why: 'what fails again and again makes room, and waits for people' }],
  redHerring: 'the consumer looks broken; it handles every other message',
  example: {
    // In a small cluster orders are few.
    small: { target: 'fulfilment', parameters: { share: 1 } },
    full: { target: 'fulfilment' },
  },
})
