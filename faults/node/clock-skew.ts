import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { quantity } from '../parameters.ts'
import { among, hopsOf } from '../trace.ts'

export const clockSkew = defineFault({
  id: 'clock-skew',
  term: 'clock skew',
  layer: 'node',
  targets: ['node', 'kind', 'region'],
  parameters: z.strictObject({
    offsetS: quantity({
      min: -3_600,
      max: 3_600,
      default: -5,
      unit: 'seconds',
      what: 'what the wall clock is off by; negative when it is late',
    }),
  }),
  description:
    'The wall clock of the process tells another time: spans, logs and expiry dates go by it. Deadlines do not, for they go by a clock that ' +
    'only counts.',
  acts: { clock: ({ offsetS }) => offsetS * 1_000 },
  signature: {
    gist: "a node's clock off by half a second",
    promql: 'abs(faultline_clock_skew_seconds) > 0.5',
    trace: {
      search: ({ kinds }) => ({ services: kinds }),
      holds: (trace, { nodes }) =>
        hopsOf(trace).some(({ client, server }) => {
          if (!server || among(client.node, nodes) === among(server.node, nodes)) return false
          const endUs = client.startUs + client.durationUs
          return server.startUs < client.startUs - 200_000 || server.startUs > endUs + 200_000
        }),
    },
    alert: 'ClockSkewed',
  },
  impact: {
    indicator: null,
    text: 'none for customers: deadlines travel as what is left, not as a time of day. Traces and logs are out of order.',
  },
  remedies: [{ measure: 'monotonic clocks', why: 'durations and deadlines never ask for the time of day' }],
  redHerring: 'answers seem to come before their questions, so that cause and effect look swapped',
  example: { small: { target: 'products-na' }, full: { target: 'orders-1' } },
})
