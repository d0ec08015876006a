import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { count } from '../parameters.ts'
import { among, selfMs } from '../trace.ts'

export const poolExhaustion = defineFault({
  id: 'pool-exhaustion',
  term: 'connection pool exhaustion',
  layer: 'app',
  targets: ['node', 'kind'],
  parameters: z.strictObject({
    leave: count({ min: 0, max: 100, default: 1, unit: 'connections', what: 'that are left; the others are leaked' }),
    holdMs: count({
      min: 0,
      max: 60_000,
      default: 400,
      unit: 'milliseconds',
      what: 'for which one is kept after its statement, as by code that does something else meanwhile',
    }),
  }),
  description:
    'Connections to the database are taken out of the pool and never given back, and those that are left are kept for a while after ' +
    'each use. Requests queue for a connection; the database has nothing to do.',
  acts: { pool: ({ leave, holdMs }) => ({ leave, holdMs }) },
  signature: {
    gist: 'requests that wait for a connection',
    promql: 'avg_over_time(db_client_connection_pending_requests[5s]) > 0.5',
    trace: {
      search: ({ kinds }) => ({ services: kinds, minDuration: '200ms' }),
      // The wait is a gap: before the first statement's span, or all of the request.
      holds: (trace, { nodes }) =>
        trace.spans.some((span) => span.kind === 'server' && among(span.node, nodes) && selfMs(trace, span) > 200),
    },
    // ConnectionPoolExhausted wants somebody waiting at each of 25 s; callers that give up leave gaps.
    alert: null,
  },
  impact: {
    indicator: customerP95,
    text: 'all that needs the database waits for its turn, and gives up when that takes too long',
  },
  remedies: [
    {
      policies: [
        { policy: 'acquireTimeoutMs', kind: 'products', without: 5_000, with: 100 },
        { policy: 'maxAttempts', caller: 'gateway', callee: 'products', without: 3, with: 1 },
        { policy: 'maxAttempts', caller: 'edge', callee: 'gateway', without: 3, with: 1 },
      ],
      why: 'gives up early what would be late, and nobody joins the line again',
    },
    {
      policies: [
        { policy: 'maxConcurrent', caller: 'gateway', callee: 'products', without: 200, with: 2 },
        { policy: 'maxQueued', caller: 'gateway', callee: 'products', without: 200, with: 0 },
      ],
      why: 'keeps the waiting with one callee from taking all of the caller',
    },
    { replicas: { products: 2 }, why: 'the other replica has a pool of its own' },
  ],
  redHerring: 'the database looks slow to those who see only its callers; its own statements are as quick as ever',
  example: { small: { target: 'products-na' }, full: { target: 'products-na' } },
})
