import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { choice } from '../parameters.ts'
import type { BroughtPolicies } from '../points.ts'
import { among, errorOf, hopsOf } from '../trace.ts'

const settings = {
  // One second, by somebody who took the unit for seconds.
  timeoutMs: { calls: { timeoutMs: 1 } },
  maxInFlight: { kind: { maxInFlight: 1, queueLength: 0, minServiceMs: 100 } },
  rateLimit: { kind: { rateLimit: true, rateLimitPerS: 0.5, rateLimitBurst: 1, rateLimitBy: 'all' } },
} as const satisfies Record<string, BroughtPolicies>

export const misconfiguration = defineFault({
  id: 'misconfiguration',
  term: 'bad configuration',
  layer: 'deploy',
  targets: ['kind'],
  parameters: z.strictObject({
    setting: choice(
      ['timeoutMs', 'maxInFlight', 'rateLimit'],
      'what is wrong: a time-out of 1 ms instead of 1 s, one request at a time, or a rate limit for a test machine',
    ),
  }),
  description:
    'New settings of a service are rolled out, and one of them is wrong. They reach its nodes and its callers with the control document, ' +
    'as any setting; a change marker stands where they did.',
  acts: { policies: ({ setting }) => settings[setting] },
  rollout: () => 'settings',
  signature: {
    gist: 'failed calls since a roll-out',
    promql:
      'sum by (service, callee) (rate(http_client_request_duration_seconds_count{outcome!~"ok|cancelled", http_response_status_code!~"40."}[10s])) > 0.5 ' +
      'and on () time() - max(faultline_change_timestamp_seconds{change="rollout"}) < 600',
    trace: {
      search: () => ({ services: ['gateway', 'orders', 'recommendations', 'edge'], tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) =>
        hopsOf(trace).some(({ client, callee }) => among(callee, nodes) && errorOf(client) !== ''),
    },
    alert: 'CallsFailing',
  },
  impact: { indicator: customerErrorRatio, text: 'from one second to the next, everything that needs the service' },
  remedies: [
    {
      policies: [{ policy: 'timeoutMs', callee: 'products', without: 1, with: 1000 }],
      why: 'sets right what is wrong',
    },
    { undo: 'roll back', why: 'the settings before them were right' },
    { measure: 'validation', why: 'a value that nobody can have meant is refused before it is rolled out' },
  ],
  // The edge would mask it with what it has.
  experiment: { given: { policies: [{ policy: 'serveStale', kind: 'edge', value: false }] } },
  redHerring: 'nothing was deployed and no process has restarted; the callee has no errors of its own',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})
