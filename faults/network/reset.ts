import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { crosses, errorOf, hopsOf } from '../trace.ts'

export const reset = defineFault({
  id: 'reset',
  term: 'connection reset',
  layer: 'network',
  targets: ['link', 'regions', 'node', 'kind', 'region', 'database'],
  parameters: z.strictObject({
    probability: quantity({
      min: 0.001,
      max: 1,
      default: 0.3,
      unit: 'probability',
      what: 'that bytes from `from` to `to` meet a reset of their connection instead',
    }),
  }),
  description:
    'Open connections are reset (RST) when it begins, and again and again while it lasts, just when bytes would travel. From a callee to ' +
    'its caller it is the answer that is lost: the work was done, and nobody knows.',
  acts: {
    resetsAtOnce: () => true,
    // Opening a connection takes no bytes; what was reset is opened again.
    segment: ({ bytes }, { probability }, random) => ({ reset: bytes > 0 && random() < probability }),
  },
  signature: {
    gist: 'connections reset, by link',
    promql:
      'sum by (instance, callee_instance) (rate(http_client_request_duration_seconds_count{outcome="reset"}[10s])) > 0.3',
    trace: {
      search: ({ fromKinds, toKinds }) => ({ services: [...toKinds, ...fromKinds], tags: '{"error":"true"}' }),
      holds: (trace, { from, to }) =>
        hopsOf(trace).some(
          (hop) =>
            (crosses(hop, from, to) || crosses(hop, to, from)) && /ECONNRESET|UND_ERR_SOCKET/.test(errorOf(hop.client)),
        ),
    },
    alert: 'CallsFailing',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'what may be repeated is; what may not fails, though it may have been done',
  },
  remedies: [
    {
      policies: [
        { policy: 'maxAttempts', caller: 'gateway', callee: 'products', without: 1, with: 3 },
        { policy: 'maxAttempts', caller: 'edge', callee: 'gateway', without: 1, with: 3 },
      ],
      why: 'repeats what is harmless to repeat',
    },
  ],
  // The edge would mask it with what it has.
  experiment: { given: { policies: [{ policy: 'serveStale', kind: 'edge', value: false }] } },
  redHerring: 'the callee served every request with success, and says so',
  example: {
    small: { from: 'products-na', to: 'gateway-na' },
    full: { from: 'products-na', to: 'gateway-na' },
  },
})
