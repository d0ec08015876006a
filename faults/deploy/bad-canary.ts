import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { choice, quantity, word } from '../parameters.ts'
import { bornAt } from '../trace.ts'

const byVersion = (matcher: string) =>
  `sum by (service, version) (rate(http_server_request_duration_seconds_count${matcher}[10s]) * on (instance) group_left (version) faultline_node_info)`

export const badCanary = defineFault({
  id: 'bad-canary',
  term: 'bad canary',
  layer: 'deploy',
  targets: ['node'],
  parameters: z.strictObject({
    version: word('2.0.0', 'that the replica says it is'),
    probability: quantity({
      min: 0.01,
      max: 1,
      default: 0.6,
      unit: 'failures a request',
      what: 'how likely one fails',
    }),
    status: choice(['503', '500'], 'what the failed ones are answered'),
  }),
  description:
    'One replica runs another version than all others, and that version fails. Spans, logs and metrics of the replica tell the version, ' +
    'as those of any roll-out, and a change marker stands where it began; the process itself is not started anew.',
  acts: {
    version: ({ version }) => version,
    inbound: (_request, { probability, status }, random) => (random() < probability ? { status: Number(status) } : {}),
  },
  rollout: ({ version }) => `version ${version}`,
  signature: {
    gist: 'failures of one version among several',
    promql:
      `${byVersion('{http_response_status_code=~"5.."}')} / ${byVersion('')} > 0.2 ` +
      'and on () count(count by (version) (faultline_node_info)) > 1',
    trace: {
      search: ({ kinds }) => ({ services: kinds, tags: '{"error":"true"}' }),
      holds: (trace, { nodes }) =>
        bornAt(
          trace,
          nodes,
          ({ tags, version }) =>
            Number(tags['http.response.status_code']) >= 500 && trace.spans.some((other) => other.version !== version),
        ),
    },
    alert: 'CallsFailing',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'the share of the requests that the replica gets, less what another one answers instead',
  },
  remedies: [
    { undo: 'roll back', why: 'the version before it works' },
    {
      policies: [
        { policy: 'maxAttempts', caller: 'gateway', callee: 'products', without: 1, with: 3 },
        { policy: 'maxAttempts', caller: 'edge', callee: 'gateway', without: 1, with: 3 },
      ],
      why: 'asks another replica when this one says that it is not able',
    },
    {
      policies: [{ policy: 'outlierEjection', caller: 'gateway', callee: 'products', without: false, with: true }],
      why: 'leaves the replica out where there are others',
    },
    { measure: 'canary', why: 'one replica of many has the new version first, and few customers meet it' },
  ],
  experiment: {
    given: { replicas: { products: 2 }, policies: [{ policy: 'serveStale', kind: 'edge', value: false }] },
  },
  redHerring: 'the errors seem to come at random, and every other request of the same kind is right',
  example: { small: { target: 'products-na' }, full: { target: 'products-na' } },
})
