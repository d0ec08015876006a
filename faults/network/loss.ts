import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { crosses, hopsOf } from '../trace.ts'
import { fastLinks, slowLinks } from './slow-link.ts'

/** TCP's least retransmission timeout on Linux; it doubles with each loss of the same segment. */
const RETRANSMIT_MS = 200
const MOST_LOSSES = 6

export const loss = defineFault({
  id: 'loss',
  term: 'packet loss',
  layer: 'network',
  targets: ['link', 'regions', 'node', 'kind', 'region', 'database'],
  parameters: z.strictObject({
    probability: quantity({
      min: 0.001,
      max: 0.9,
      default: 0.2,
      unit: 'probability',
      what: 'that a segment is lost, each time it is sent',
    }),
  }),
  description:
    'Of what one node sends to the other, some is lost and sent again 200 ms later, then 400, 800 and so on, as TCP does; what follows on ' +
    'the same connection waits for it. Losing real packets needs rights that few machines give, so the stalls stand for them.',
  acts: {
    segment: (_segment, { probability }, random) => {
      let losses = 0
      while (losses < MOST_LOSSES && random() < probability) losses++
      return { delayMs: RETRANSMIT_MS * (2 ** losses - 1) }
    },
  },
  signature: {
    gist: 'a slow tail of a link whose median is quick',
    promql: `(${slowLinks(0.9, 0.15)}) and (${fastLinks(0.5, 0.1)})`,
    trace: {
      search: ({ fromKinds }) => ({ services: fromKinds, minDuration: '200ms' }),
      holds: (trace, { from, to }) =>
        hopsOf(trace).some(
          (hop) =>
            (crosses(hop, from, to) || crosses(hop, to, from)) &&
            hop.server !== undefined &&
            hop.client.durationUs - hop.server.durationUs > 190_000,
        ),
    },
    alert: null,
  },
  impact: { indicator: customerP95, text: 'most answers come as ever, and some a fifth of a second later, or several' },
  remedies: [
    {
      policies: [{ policy: 'hedging', caller: 'gateway', callee: 'products', without: false, with: true }],
      why: 'a second request is seldom unlucky as well',
    },
  ],
  experiment: { injection: { from: 'gateway-na', to: 'products-na', parameters: { probability: 0.4 } } },
  redHerring: 'the median is as good as ever, so that averages show next to nothing',
  example: {
    small: { from: 'gateway-na', to: 'products-na' },
    full: { from: 'gateway-na', to: 'products-na' },
  },
})
