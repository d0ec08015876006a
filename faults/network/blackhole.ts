import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { crosses, errorOf, hopsOf } from '../trace.ts'

export const blackhole = defineFault({
  id: 'blackhole',
  term: 'packet blackhole',
  layer: 'network',
  targets: ['link', 'regions', 'node', 'kind', 'database'],
  parameters: z.strictObject({}),
  description:
    'What one node sends to the other vanishes without an error: connections are not made, and those that are open fall silent. What is ' +
    'under way arrives when the fault ends, as TCP would send it again.',
  acts: { cut: () => true },
  signature: {
    promql:
      'sum by (instance, callee_instance) (rate(http_client_request_duration_seconds_count{outcome="timeout"}[10s])) > 0.3',
    trace: {
      search: ({ fromKinds }) => ({ services: fromKinds, tags: '{"error.type":"timeout"}' }),
      holds: (trace, { from, to }) =>
        hopsOf(trace).some(
          (hop) => crosses(hop, from, to) && hop.server === undefined && /timeout|ETIMEDOUT/i.test(errorOf(hop.client)),
        ),
    },
    alert: 'CallsFailing',
  },
  impact: { indicator: customerErrorRatio, text: 'requests over the link take as long as their timeout, then fail' },
  remedies: [
    { policy: 'timeoutMs', why: 'bounds what one silent attempt costs' },
    { policy: 'breakerThreshold', why: 'stops waiting for a callee that never answers' },
    { policy: 'ejectAfter', why: 'leaves the one replica behind the hole out' },
  ],
  redHerring: 'the callee shows no error and less load than usual, and its health check passes',
  example: {
    small: { from: 'gateway-na', to: 'products-na' },
    full: { from: 'gateway-na', to: 'orders-1' },
  },
})
