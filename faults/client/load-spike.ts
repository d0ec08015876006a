import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio, customerP95 } from '../indicators.ts'
import { count, quantity } from '../parameters.ts'
import { selfMs } from '../trace.ts'

/** Requests that the front door works on at once, so that a slow one does not hold up all others. */
const AT_ONCE = 8

export const loadSpike = defineFault({
  id: 'load-spike',
  term: 'load spike',
  layer: 'client',
  targets: ['cluster'],
  parameters: z.strictObject({
    factor: quantity({ min: 0, max: 100, default: 4, unit: 'times the load', what: 'that customers make' }),
    capacityPerS: count({
      min: 1,
      max: 5_000,
      default: 40,
      unit: 'requests a second',
      what: 'that the front door can take at most, so that a spike looks alike on every machine',
    }),
  }),
  description:
    'Customers make several times as many requests as before. The front door is given a known capacity for as long: what is more ' +
    'than that waits in its queue, and waits longer and longer.',
  acts: {
    offered: ({ requestsPerSecond }, { factor }) => ({ requestsPerSecond: requestsPerSecond * factor }),
    policies: ({ capacityPerS }) => ({
      of: 'frontdoor',
      kind: { maxInFlight: AT_ONCE, minServiceMs: Math.min(10_000, Math.round((AT_ONCE * 1_000) / capacityPerS)) },
    }),
  },
  signature: {
    gist: 'requests that wait at the front door',
    promql: 'avg_over_time(faultline_admission_queued[5s]) > 10',
    trace: {
      search: () => ({ services: ['frontdoor'], minDuration: '800ms' }),
      // It waits before anything is done for it.
      holds: (trace) =>
        trace.spans.some((span) => span.service === 'frontdoor' && span.kind === 'server' && selfMs(trace, span) > 600),
    },
    alert: 'CustomersSeeErrors',
    alertLingers: true,
  },
  impact: { indicator: customerErrorRatio, text: 'everybody waits, and most give up before it is their turn' },
  remedies: [
    {
      policies: [{ policy: 'queueLength', kind: 'frontdoor', without: 1000, with: 20 }],
      indicator: customerP95,
      why: 'refuses at once whom it would keep waiting for nothing',
    },
    {
      policies: [
        { policy: 'rateLimit', kind: 'frontdoor', without: false, with: true },
        { policy: 'rateLimitBy', kind: 'frontdoor', without: 'caller', with: 'all' },
        { policy: 'rateLimitPerS', kind: 'frontdoor', without: 50, with: 20 },
        { policy: 'rateLimitBurst', kind: 'frontdoor', without: 100, with: 20 },
      ],
      indicator: customerP95,
      why: 'refuses what is beyond its capacity before it waits',
    },
    {
      policies: [{ policy: 'maxInFlight', kind: 'frontdoor', without: 8, with: 1000 }],
      why: 'more capacity, if there is any: scale out',
    },
  ],
  // Nobody is left out of the line for having left.
  experiment: {
    given: { policies: [{ policy: 'queueDiscipline', kind: 'frontdoor', value: 'fifo' }] },
    anew: 'before',
    settleS: 14,
  },
  redHerring: 'what is behind the front door is as quick as ever, and every route looks slow from outside',
  example: { small: {}, full: {} },
})
