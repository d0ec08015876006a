import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
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
    gist: 'calls timed out, by link',
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
  impact: {
    indicator: customerP95,
    text: 'requests over the link take as long as their timeout, then fail or go elsewhere',
  },
  remedies: [
    {
      policies: [{ policy: 'timeoutMs', caller: 'gateway', callee: 'products', without: 5000, with: 300 }],
      why: 'bounds what one silent attempt costs',
    },
    {
      policies: [{ policy: 'breaker', caller: 'gateway', callee: 'products', without: false, with: true }],
      why: 'stops waiting for a callee that does not answer half of the time',
    },
    {
      policies: [{ policy: 'outlierEjection', caller: 'gateway', callee: 'products', without: false, with: true }],
      why: 'leaves the one replica behind the hole out',
    },
  ],
  experiment: { given: { replicas: { products: 2 } } },
  redHerring: 'the callee shows no error and less load than usual, and its health check passes',
  example: {
    small: { from: 'gateway-na', to: 'products-na' },
    full: { from: 'gateway-na', to: 'orders-1' },
  },
})
