import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { amplificationOf, customerErrorRatio, customerP95 } from '../indicators.ts'
import { count } from '../parameters.ts'
import { mostAttempts } from '../trace.ts'

const repeats = 'sum by (service, callee) (rate(faultline_retries_total[10s]))'
const attempts = 'sum by (service, callee) (rate(http_client_request_duration_seconds_count[10s]))'

export const retryStorm = defineFault({
  id: 'retry-storm',
  term: 'retry storm',
  layer: 'client',
  targets: ['kind'],
  parameters: z.strictObject({
    delayMs: count({ min: 1, max: 30_000, default: 800, unit: 'milliseconds', what: 'that the callee takes' }),
    timeoutMs: count({ min: 1, max: 30_000, default: 300, unit: 'milliseconds', what: 'that its callers wait' }),
    attempts: count({ min: 2, max: 10, default: 4, unit: 'attempts', what: 'that its callers make of each call' }),
  }),
  description:
    'The callee answers later than its callers wait, and they ask again at once, as often as they may. Brings bad policies of all calls of ' +
    'the target along, which hold until it ends or somebody sets them: no retry budget, no pause, no jitter, no breaker, no ejection. ' +
    'The callee gets a multiple of the load that there is, just when it can take least.',
  acts: {
    inbound: (_request, { delayMs }) => ({ delayMs }),
    policies: ({ timeoutMs, attempts }) => ({
      calls: {
        timeoutMs,
        maxAttempts: attempts,
        backoffMs: 0,
        retryJitter: false,
        retryBudget: false,
        breaker: false,
        outlierEjection: false,
      },
    }),
  },
  signature: {
    gist: 'repeats are most of the attempts',
    // Each attempt is one observation: with n of them a call, n - 1 of n are repeats.
    promql: `${repeats} / ${attempts} > 0.4 and ${repeats} > 1`,
    trace: {
      search: () => ({ services: ['gateway', 'orders', 'frontdoor'], tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) => mostAttempts(trace, nodes) >= 3,
    },
    alert: 'RetryStorm',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'what needs the callee fails, and later than it would without repeats',
  },
  remedies: [
    {
      policies: [{ policy: 'timeoutMs', callee: 'products', without: 300, with: 2000 }],
      why: 'waits for what is slow and not broken',
    },
    {
      policies: [{ policy: 'retryBudget', callee: 'products', without: false, with: true }],
      indicator: amplificationOf('products'),
      why: 'repeats become a tenth of the load instead of a multiple',
    },
    {
      policies: [{ policy: 'breaker', callee: 'products', without: false, with: true }],
      indicator: customerP95,
      why: 'gives the callee a rest: who fails, fails at once',
    },
  ],
  // The edge would mask it with what it has.
  experiment: { given: { policies: [{ policy: 'serveStale', kind: 'edge', value: false }] } },
  redHerring: 'the callee has more traffic than ever: it looks like a load spike, and customers have not changed',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})
