import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { normal } from '../random.ts'
import { among, selfMs } from '../trace.ts'

const median =
  'histogram_quantile(0.5, sum by (le, service, region, instance) (rate(http_server_request_duration_seconds_bucket[10s])))'

export const slowReplica = defineFault({
  id: 'slow-replica',
  term: 'slow replica (gray failure)',
  layer: 'node',
  targets: ['node'],
  parameters: z.strictObject({
    delayMs: quantity({
      min: 1,
      max: 30_000,
      default: 500,
      unit: 'milliseconds',
      what: 'before each request is served',
    }),
    jitterMs: quantity({
      min: 0,
      max: 10_000,
      default: 50,
      unit: 'milliseconds',
      what: 'standard deviation of the delay',
    }),
  }),
  description:
    'One of several replicas takes its time before it serves a request; its answers are right. Health checks and scrapes are as quick as ' +
    'ever, so that nobody but its callers knows.',
  acts: { inbound: (_request, { delayMs, jitterMs }, random) => ({ delayMs: normal(random, delayMs, jitterMs) }) },
  signature: {
    gist: "a replica's median three times its siblings'",
    // All its requests are slow; of its siblings', those that wait for other regions are slow as well, and they are no more than some.
    promql: `(${median} > 0.25) > on (service, region) group_left () 3 * min by (service, region) (${median})`,
    trace: {
      search: ({ kinds }) => ({ services: kinds, minDuration: '250ms' }),
      holds: (trace, { nodes }) =>
        trace.spans.some((span) => span.kind === 'server' && among(span.node, nodes) && selfMs(trace, span) > 200),
    },
    alert: null,
  },
  impact: {
    indicator: customerP95,
    text: 'one in as many requests as there are replicas is slow: the tail of all percentiles, and not the median',
  },
  remedies: [
    {
      policies: [{ policy: 'hedging', caller: 'gateway', callee: 'products', without: false, with: true }],
      why: 'a second replica answers before the slow one',
    },
    {
      policies: [{ policy: 'timeoutMs', caller: 'gateway', callee: 'products', without: 1000, with: 250 }],
      why: 'set below the delay, it makes slowness a failure, and repeats and ejection do the rest',
    },
  ],
  experiment: { injection: { target: 'products-na' }, given: { replicas: { products: 2 } } },
  redHerring: 'every service above it in the call tree looks slow, and each of its replicas alike',
  example: { small: null, full: { target: 'orders-1' } },
})
