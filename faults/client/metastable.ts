import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { goodput, goodShare, offered } from '../indicators.ts'
import { count, quantity } from '../parameters.ts'
import { errorOf, mostAttempts } from '../trace.ts'

/**
 * Four at a time of 200 ms each, and not one of 50: as many a second, but what the shop behind it takes for a request, which comes on top,
 * takes less of that away.
 */
export const metastable = defineFault({
  id: 'metastable',
  term: 'metastable failure',
  layer: 'client',
  targets: ['cluster'],
  parameters: z.strictObject({
    basePerS: quantity({ min: 0.1, max: 1_000, default: 8, unit: 'requests a second', what: 'that customers make' }),
    burstPerS: quantity({ min: 0.1, max: 2_000, default: 40, unit: 'requests a second', what: 'during the burst' }),
    burstS: quantity({ min: 0, max: 600, default: 10, unit: 'seconds', what: 'that the burst, the trigger, lasts' }),
    serviceMs: count({
      min: 1,
      max: 10_000,
      default: 200,
      unit: 'milliseconds',
      what: 'that the front door has for one',
    }),
    atOnce: count({ min: 1, max: 1_000, default: 4, unit: 'requests', what: 'that the front door works on at once' }),
    timeoutMs: count({ min: 1, max: 10_000, default: 750, unit: 'milliseconds', what: 'that customers wait' }),
    attempts: count({ min: 1, max: 10, default: 3, unit: 'attempts', what: 'that they make of each request' }),
  }),
  description:
    'A front door of 20 requests a second with a queue of 256, first come first served; customers who wait 750 ms and try three times. At ' +
    '8 requests a second all is well. A burst of 40 for 10 s fills the queue, and when it is over, what is served is always somebody who ' +
    'has left: repeats alone keep the queue full, and nothing good comes out for as long as the fault goes on. The policies come with the ' +
    'fault; set a good one, and the shop recovers while everything else stays.',
  acts: {
    offered: ({ sinceMs }, { basePerS, burstPerS, burstS }) => {
      const leftMs = burstS * 1_000 - sinceMs
      return leftMs > 0 ? { requestsPerSecond: burstPerS, forMs: leftMs } : { requestsPerSecond: basePerS }
    },
    policies: ({ serviceMs, atOnce, timeoutMs, attempts }) => ({
      of: 'frontdoor',
      calls: {
        timeoutMs,
        maxAttempts: attempts,
        backoffMs: 0,
        retryJitter: false,
        retryBudget: false,
        breaker: false,
        outlierEjection: false,
      },
      kind: { maxInFlight: atOnce, minServiceMs: serviceMs, queueLength: 256, queueDiscipline: 'fifo' },
    }),
  },
  signature: {
    gist: 'goodput low, offered load normal, repeats many',
    promql: `${goodput.promql} < 0.2 * ${offered} and sum(rate(faultline_retries_total{service="load"}[5s])) > 0.5 * ${offered}`,
    trace: {
      search: () => ({ services: ['load'], tags: '{"error":"true"}' }),
      holds: (trace) =>
        mostAttempts(trace, ['frontdoor-1']) >= 3 &&
        trace.spans.some((span) => span.service === 'load' && errorOf(span) === 'timeout'),
    },
    alert: 'RetryStorm',
  },
  impact: { indicator: goodShare, text: 'no request is answered in time, long after the burst that began it is over' },
  remedies: [
    {
      policies: [{ policy: 'queueDiscipline', kind: 'frontdoor', without: 'fifo', with: 'deadline' }],
      why: 'serves nobody who has left: good within 10 s',
    },
    {
      policies: [{ policy: 'queueDiscipline', kind: 'frontdoor', without: 'fifo', with: 'lifo' }],
      why: 'serves whoever has just come: good within 10 s',
    },
    {
      policies: [{ policy: 'retryBudget', caller: 'load', callee: 'frontdoor', without: false, with: true }],
      why: 'without most repeats, 8 a second let the queue drain: good in 20 to 30 s',
    },
  ],
  experiment: { anew: 'after', settleS: 25 },
  redHerring: 'the burst, which is over, and the front door, which does all the work that it can',
  example: { small: {}, full: {} },
})
