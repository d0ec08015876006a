import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { count } from '../parameters.ts'
import { among } from '../trace.ts'

export const breakerStuck = defineFault({
  id: 'breaker-stuck',
  term: 'stuck circuit breaker',
  layer: 'client',
  targets: ['kind'],
  parameters: z.strictObject({
    blipMs: count({ min: 0, max: 60_000, default: 2_000, unit: 'milliseconds', what: 'for which the callee fails' }),
    halfOpenMs: count({
      min: 1_000,
      max: 600_000,
      default: 600_000,
      unit: 'milliseconds',
      what: 'until an open breaker lets a probe through',
    }),
  }),
  description:
    'The callee fails for a moment and is well again, but the breakers of its callers open at the first failure and do not look whether ' +
    'it is back. Brings these thresholds along as policies of all calls of the target, until it ends or somebody sets better ones.',
  acts: {
    inbound: ({ sinceMs }, { blipMs }) => (sinceMs < blipMs ? { status: 503 } : {}),
    policies: ({ halfOpenMs }) => ({
      calls: { breaker: true, breakerThreshold: 0.01, breakerMinPerS: 0.1, breakerHalfOpenMs: halfOpenMs },
    }),
  },
  signature: {
    gist: 'a breaker open for longer than it probes',
    // One that probes is open for two seconds at a time.
    promql:
      'min_over_time(faultline_breaker_state{state="open"}[5s]) > 0 and count_over_time(faultline_breaker_state{state="open"}[5s]) > 3',
    trace: {
      search: () => ({ services: ['gateway', 'orders', 'recommendations'], tags: '{"error":"true"}' }),
      // It fails at once, and nobody was asked.
      holds: (trace, { nodes }) =>
        !trace.spans.some(({ node }) => among(node, nodes)) &&
        trace.spans.some(
          (span) =>
            span.kind === 'server' &&
            Number(span.tags['http.response.status_code']) === 503 &&
            !trace.spans.some(({ parentId }) => parentId === span.id),
        ),
    },
    alert: 'BreakerOpen',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'what needs the callee fails at once, though the callee is well and idle',
  },
  remedies: [
    {
      policies: [{ policy: 'breakerHalfOpenMs', callee: 'products', without: 600000, with: 2000 }],
      why: 'asks now and then whether the callee is back',
    },
    {
      policies: [{ policy: 'breakerThreshold', callee: 'products', without: 0.01, with: 0.5 }],
      why: 'does not open for one failure among many',
    },
  ],
  experiment: {
    given: { policies: [{ policy: 'serveStale', kind: 'edge', value: false }] },
    anew: 'after',
    settleS: 10,
  },
  redHerring: 'the callee that failed for a moment: it has no errors and no traffic',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})
