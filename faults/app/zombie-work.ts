import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio, customerP95 } from '../indicators.ts'
import { count, path } from '../parameters.ts'
import { worksOnAfterEnd } from '../trace.ts'

export const zombieWork = defineFault({
  id: 'zombie-work',
  term: 'zombie work',
  layer: 'app',
  targets: ['node', 'kind'],
  parameters: z.strictObject({
    delayMs: count({ min: 0, max: 30_000, default: 1_500, unit: 'milliseconds', what: 'before a request is served' }),
    route: path('/', 'only requests whose path begins with this are concerned'),
  }),
  description:
    'The service is slower than its callers are patient, and does not hear that they have gone: it does all of the work for nobody, ' +
    'while the callers ask again.',
  acts: {
    inbound: ({ path }, { delayMs, route }) => (path.startsWith(route) ? { delayMs, unstoppable: true } : {}),
  },
  signature: {
    gist: 'seconds worked for callers that had gone',
    promql: 'sum by (service, instance) (rate(faultline_wasted_work_seconds_total[10s])) > 0.1',
    trace: {
      search: ({ kinds }) => ({ services: kinds, minDuration: '500ms' }),
      holds: (trace, { nodes }) => worksOnAfterEnd(trace, nodes),
    },
    alert: 'CallsFailing',
  },
  impact: { indicator: customerErrorRatio, text: 'what needs the service fails, and the service is busier than ever' },
  remedies: [
    {
      policies: [{ policy: 'timeoutMs', caller: 'gateway', callee: 'products', without: 1000, with: 4000 }],
      why: 'above the delay, the work is of use again',
    },
    {
      policies: [{ policy: 'breaker', caller: 'gateway', callee: 'products', without: false, with: true }],
      indicator: customerP95,
      why: 'asks no more of it, which is the only way left to stop it',
    },
  ],
  // The edge would mask it with what it has.
  experiment: { given: { policies: [{ policy: 'serveStale', kind: 'edge', value: false }] } },
  redHerring: 'its database is busy with statements that belong to no request that anybody waits for',
  example: { small: { target: 'products-na' }, full: { target: 'products-na' } },
})
