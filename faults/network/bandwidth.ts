import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { count } from '../parameters.ts'
import { crosses, hopsOf } from '../trace.ts'
import { fastLinks, slowLinks } from './slow-link.ts'

export const bandwidth = defineFault({
  id: 'bandwidth',
  term: 'bandwidth limit',
  layer: 'network',
  targets: ['link', 'regions', 'node', 'kind', 'region', 'database'],
  parameters: z.strictObject({
    bytesPerS: count({
      min: 100,
      max: 100_000_000,
      default: 5_000,
      unit: 'bytes a second',
      what: 'what gets through one way, over all connections between two nodes together',
    }),
  }),
  description:
    'What one node sends to the other leaves at this rate and no faster: a large body takes its time, and what is sent after it waits ' +
    'behind it, on whatever connection.',
  acts: {
    segment: ({ bytes, busyForMs }, { bytesPerS }) => {
      const leavesInMs = busyForMs + (bytes / bytesPerS) * 1_000
      return { delayMs: leavesInMs, busyForMs: leavesInMs }
    },
  },
  signature: {
    gist: 'a slow tail of a link whose quarter of small answers is quick',
    promql: `(${slowLinks(0.95, 0.25)}) and (${fastLinks(0.25, 0.25)})`,
    trace: {
      search: ({ fromKinds, toKinds }) => ({ services: [...toKinds, ...fromKinds], minDuration: '200ms' }),
      holds: (trace, { from, to }) =>
        hopsOf(trace).some(
          (hop) =>
            (crosses(hop, from, to) || crosses(hop, to, from)) &&
            hop.server !== undefined &&
            hop.client.durationUs - hop.server.durationUs > 200_000,
        ),
    },
    alert: null,
  },
  impact: {
    indicator: customerP95,
    text: 'pages with long lists and pictures are slow, and short answers only when they come behind',
  },
  remedies: [
    { replicas: { products: 2 }, why: 'another replica has a link of its own' },
    { measure: 'smaller pages', why: 'less to send for each answer' },
    { measure: 'caching', why: 'what is cached on this side of the link needs not cross it' },
  ],
  // They end the waiting by failing, and the edge would answer with what it has.
  experiment: {
    given: {
      policies: [
        { policy: 'breaker', value: false },
        { policy: 'outlierEjection', value: false },
        { policy: 'serveStale', kind: 'edge', value: false },
      ],
    },
  },
  redHerring: 'the routes with large answers look badly written: their work is as quick as ever',
  example: {
    small: { from: 'products-na', to: 'gateway-na' },
    full: { from: 'products-na', to: 'gateway-na' },
  },
})
