import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { count } from '../parameters.ts'
import { among, selfMs } from '../trace.ts'

export const cpu = defineFault({
  id: 'cpu',
  term: 'CPU saturation',
  layer: 'node',
  targets: ['node', 'kind'],
  parameters: z.strictObject({
    threads: count({
      min: 1,
      max: 64,
      default: 32,
      unit: 'threads',
      what: 'that are busy and nothing else; in a container as many as fit into its memory',
    }),
  }),
  description:
    'Threads of the process compute, for nothing, and compete with its event loop for the processors. Where nodes share a machine, its ' +
    'neighbours are hit as well.',
  acts: { process: (_state, { threads }) => ({ kind: 'burn', threads }) },
  signature: {
    gist: 'CPU seconds of a node',
    promql: 'rate(process_cpu_seconds_total{job="faultline"}[5s]) > 0.35',
    trace: {
      search: ({ kinds }) => ({ services: kinds, minDuration: '200ms' }),
      // Whatever it does takes long: what it computes, and what it waits for and comes late to read.
      holds: (trace, { nodes }) =>
        trace.spans.some(
          (span) =>
            among(span.node, nodes) &&
            // A call may last as long as its callee needs, and the way there: what is left over is this node's. A pause of a tenth of a
            // second is had by healthy nodes on a small machine, too.
            selfMs(trace, span) > 200,
        ),
    },
    alert: null,
  },
  impact: { indicator: customerP95, text: 'every span of the node stretches, in proportion to what it computes' },
  remedies: [
    {
      replicas: { gateway: 2 },
      policies: [{ policy: 'hedging', caller: 'edge', callee: 'gateway', without: false, with: true }],
      why: 'asks the other replica when this one is late',
    },
    { measure: 'more processors', why: 'replicas that share them only share the shortage' },
  ],
  redHerring:
    'the statements that it sends look slow, though the database is idle: it comes late to read their answers',
  example: { small: { target: 'gateway-na' }, full: { target: 'gateway-na' } },
})
