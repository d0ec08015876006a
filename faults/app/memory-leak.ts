import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { among, errorOf, hopsOf } from '../trace.ts'

export const memoryLeak = defineFault({
  id: 'memory-leak',
  term: 'memory leak',
  layer: 'app',
  targets: ['node', 'kind'],
  parameters: z.strictObject({
    megabytesPerS: quantity({
      min: 0.1,
      max: 500,
      default: 20,
      unit: 'megabytes a second',
      what: 'that are kept for ever',
    }),
  }),
  description:
    'Objects are kept and never let go: the heap grows, collecting garbage takes longer and longer, and at its limit, ' +
    'or at that of its container, the process ends. ' +
    'It is started again, and leaks again.',
  acts: { process: (_state, { megabytesPerS }) => ({ kind: 'retain', bytesPerS: megabytesPerS * 2 ** 20 }) },
  signature: {
    gist: 'a heap that grows, or a process started anew',
    promql:
      'deriv(v8js_memory_heap_used_bytes{job="faultline"}[5s]) > 4e6 or changes(process_start_time_seconds[15s]) > 0',
    trace: {
      search: () => ({ services: ['gateway', 'orders', 'edge', 'frontdoor'], tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) =>
        hopsOf(trace).some(
          ({ client, server, callee }) => among(callee, nodes) && server === undefined && errorOf(client) !== '',
        ),
    },
    alert: 'NodeRestarts',
    alertLingers: true,
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'nothing at first, then pauses, then all requests under way are lost at once, again and again',
  },
  remedies: [
    { replicas: { products: 2 }, why: 'another one answers while one starts' },
    { measure: 'bounded cache', why: 'what is kept has a limit' },
  ],
  // The edge would mask it with what it has.
  experiment: { given: { policies: [{ policy: 'serveStale', kind: 'edge', value: false }] }, settleS: 20 },
  redHerring: 'the requests that were under way when it died look guilty, and were only there',
  example: { small: { target: 'products-na' }, full: { target: 'orders-1' } },
})
