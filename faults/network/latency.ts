import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { normal } from '../random.ts'
import { crosses, hopsOf } from '../trace.ts'
import { slowLinks } from './slow-link.ts'

export const latency = defineFault({
  id: 'latency',
  term: 'network latency',
  layer: 'network',
  targets: ['link', 'regions', 'node', 'kind', 'region', 'database'],
  parameters: z.strictObject({
    delayMs: quantity({
      min: 1,
      max: 30_000,
      default: 300,
      unit: 'milliseconds',
      what: 'added to each chunk, one way',
    }),
    jitterMs: quantity({
      min: 0,
      max: 10_000,
      default: 0,
      unit: 'milliseconds',
      what: 'standard deviation of the delay; chunks keep their order, as in TCP',
    }),
  }),
  description:
    'What one node sends to the other arrives later, answers and the opening of connections included. It acts at the socket, so the ' +
    "caller's client span grows and the callee's server span does not.",
  acts: {
    segment: (_segment, { delayMs, jitterMs }, random) => ({ delayMs: normal(random, delayMs, jitterMs) }),
  },
  signature: {
    gist: "callers wait longer for a link's callee than it works, p90",
    promql: slowLinks(0.9, 0.25),
    trace: {
      search: ({ fromKinds }) => ({ services: fromKinds, minDuration: '150ms' }),
      holds: (trace, { from, to }) =>
        hopsOf(trace).some(
          (hop) =>
            (crosses(hop, from, to) || crosses(hop, to, from)) &&
            hop.server !== undefined &&
            hop.client.durationUs - hop.server.durationUs > 150_000 &&
            hop.client.durationUs > 2 * hop.server.durationUs,
        ),
    },
    // JourneySlow counts what is slow for minutes; 300 ms are not enough for it.
    alert: null,
  },
  impact: {
    indicator: customerP95,
    text: 'every request that crosses the link waits longer, by the delay for each round trip',
  },
  remedies: [
    {
      policies: [{ policy: 'timeoutMs', caller: 'gateway', callee: 'products', without: 1000, with: 250 }],
      why: 'gives up on the slow way while there is time for another replica',
    },
    {
      policies: [{ policy: 'hedging', caller: 'gateway', callee: 'products', without: false, with: true }],
      why: 'asks a second replica when the first has not answered by then',
    },
  ],
  experiment: { given: { replicas: { products: 2 } } },
  redHerring: "the callee looks slow in its callers' figures, while its own are as ever",
  example: {
    small: { from: 'gateway-na', to: 'products-na' },
    full: { from: 'gateway-na', to: 'products-na' },
  },
})
