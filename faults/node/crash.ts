import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { among, errorOf, hopsOf } from '../trace.ts'

export const crash = defineFault({
  id: 'crash',
  term: 'crash, crash loop',
  layer: 'node',
  targets: ['node', 'kind', 'region'],
  parameters: z.strictObject({
    everyS: quantity({
      min: 0,
      max: 600,
      default: 3,
      unit: 'seconds',
      what: 'how long each new process lives, for a crash loop; 0 for one crash',
    }),
  }),
  description:
    'The process ends with SIGKILL, without a farewell: what it was doing is lost. Whoever runs it starts it again, and in a loop it ' +
    'dies again. A container engine waits longer before each start.',
  acts: {
    process: ({ again }, { everyS }) => {
      if (!again) return { kind: 'kill', afterMs: 0 }
      return everyS === 0 ? { kind: 'none' } : { kind: 'kill', afterMs: everyS * 1_000 }
    },
  },
  signature: {
    gist: 'a process started anew, or a target down',
    promql: 'changes(process_start_time_seconds[15s]) > 0 or up{job="faultline"} == 0',
    trace: {
      search: () => ({ services: ['gateway', 'orders', 'edge', 'frontdoor'], tags: '{"error":"true"}' }),
      // Whoever was asking it, is cut; for a moment others meet a closed port; then nobody asks it, and they fail with nothing below.
      holds: (trace, { nodes }) =>
        !trace.spans.some(({ node }) => among(node, nodes)) &&
        (hopsOf(trace).some(({ client, callee }) => among(callee, nodes) && errorOf(client) !== '') ||
          trace.spans.some(({ kind, tags }) => kind === 'server' && Number(tags['http.response.status_code']) === 503)),
    },
    alert: 'NodeRestarts',
    alertLingers: true,
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'with replicas and repeats next to nothing; with one replica of the kind, its part of the shop for as long as it starts',
  },
  remedies: [
    { replicas: { products: 2 }, why: 'another one answers meanwhile' },
    {
      replicas: { products: 2 },
      policies: [
        { policy: 'maxAttempts', caller: 'gateway', callee: 'products', without: 1, with: 3 },
        { policy: 'maxAttempts', caller: 'edge', callee: 'gateway', without: 1, with: 3 },
      ],
      why: 'what may be repeated is, at another replica',
    },
  ],
  // The edge would mask it with what it has.
  experiment: { given: { policies: [{ policy: 'serveStale', kind: 'edge', value: false }] } },
  redHerring: 'its callers report the errors, and the node itself has none to report',
  example: { small: { target: 'products-na' }, full: { target: 'orders-1' } },
})
