import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { wrongAnswers } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { among } from '../trace.ts'

export const silentCorruption = defineFault({
  id: 'silent-corruption',
  term: 'silent data corruption',
  layer: 'data',
  targets: ['kind', 'node'],
  parameters: z.strictObject({
    probability: quantity({ min: 0.001, max: 1, default: 0.2, unit: 'probability', what: 'that an answer is damaged' }),
  }),
  description:
    'One digit of an answer is another one when the target gets it: a price, a number of pieces, a part of an id. It is valid JSON with ' +
    'status 200, and nobody complains. Only the checksum that the sender put beside the body tells.',
  acts: { answered: (_call, { probability }, random) => ({ damaged: random() < probability }) },
  signature: {
    gist: 'bodies that differ from their checksum',
    promql: 'sum by (service, callee) (rate(faultline_checksum_mismatches_total[10s])) > 0.1',
    trace: {
      search: ({ kinds }) => ({ services: kinds }),
      holds: (trace, { nodes }) =>
        trace.spans.some(({ node, tags }) => among(node, nodes) && tags['faultline.checksum.mismatch'] !== undefined),
    },
    alert: 'ChecksumsDiffer',
  },
  impact: {
    indicator: wrongAnswers,
    text: 'customers see wrong prices and stock, and what was wrong is written on; requests succeed',
  },
  remedies: [
    {
      policies: [{ policy: 'verifyChecksums', without: false, with: true }],
      why: 'what was damaged is known as such before it is used, and asked for again',
    },
  ],
  redHerring: 'every status is 200 and every latency is as ever: all dashboards are green',
  example: { small: { target: 'gateway' }, full: { target: 'gateway' } },
})
