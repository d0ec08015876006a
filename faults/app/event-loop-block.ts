import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { count } from '../parameters.ts'
import { among, selfMs } from '../trace.ts'

export const eventLoopBlock = defineFault({
  id: 'event-loop-block',
  term: 'blocked event loop',
  layer: 'app',
  targets: ['node', 'kind'],
  parameters: z.strictObject({
    blockMs: count({
      min: 1,
      // A node that says nothing for five seconds is taken for gone, and would not hear that the fault is over.
      max: 4_000,
      default: 600,
      unit: 'milliseconds',
      what: 'how long each synchronous loop runs',
    }),
    everyMs: count({
      min: 2,
      max: 60_000,
      default: 640,
      unit: 'milliseconds',
      what: 'from the beginning of one to that of the next',
    }),
  }),
  description:
    'A loop that does not yield runs again and again on the thread that serves requests: while it does, nothing else happens in the process.',
  acts: {
    process: (_state, { blockMs, everyMs }) => ({
      kind: 'block',
      forMs: blockMs,
      everyMs: Math.max(everyMs, blockMs + 1),
    }),
  },
  signature: {
    gist: 'event-loop utilisation above 0.85',
    promql: 'avg_over_time(nodejs_eventloop_utilization_ratio[5s]) > 0.85',
    trace: {
      search: ({ kinds }) => ({ services: kinds, minDuration: '200ms' }),
      holds: (trace, { nodes }) =>
        trace.spans.some(
          (span) =>
            among(span.node, nodes) &&
            (span.kind === 'server' ? selfMs(trace, span) > 150 : span.kind === 'client' && span.durationUs > 200_000),
        ),
    },
    alert: 'EventLoopBlocked',
  },
  impact: { indicator: customerP95, text: 'requests queue behind one another, and behind the loop' },
  remedies: [
    {
      policies: [{ policy: 'hedging', caller: 'gateway', callee: 'products', without: false, with: true }],
      why: 'asks the other replica when this one is late',
    },
    {
      policies: [{ policy: 'maxLoopDelayMs', kind: 'products', without: 0, with: 100 }],
      why: 'refuses new requests while its loop is late, so that callers go to the other one',
    },
    { measure: 'worker', why: 'what computes for long does so on another thread' },
  ],
  experiment: { given: { replicas: { products: 2 } } },
  redHerring: 'its database and its callees look slow to it, for it comes late to read what they sent',
  example: { small: { target: 'products-na' }, full: { target: 'orders-1' } },
})
