import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { choice } from '../parameters.ts'

export const credentialExpiry = defineFault({
  id: 'credential-expiry',
  term: 'credential expiry',
  layer: 'deploy',
  targets: ['database'],
  parameters: z.strictObject({
    role: choice(['products', 'users', 'orders', 'payments', 'fulfilment'], 'whose password has expired'),
  }),
  description:
    "The password of a service's database role has expired (`VALID UNTIL`), on the primary and all replicas. Its sessions end, and each " +
    'attempt to connect is refused with 28P01, by all of its nodes at the same moment.',
  acts: { server: ({ role }) => ({ kind: 'expire-password', role }) },
  signature: {
    gist: 'connections refused for their password (28…)',
    promql: 'sum by (service) (rate(db_client_connection_wait_time_seconds_count{error_type=~"28.*"}[10s])) > 0.1',
    trace: {
      search: () => ({ services: ['gateway', 'recommendations', 'orders'] }),
      // Its nodes are not ready any more, so that their callers know none, and fail at once without asking anybody.
      holds: (trace) =>
        trace.spans.some(
          ({ id, kind, service, tags }) =>
            kind === 'server' &&
            service !== 'load' &&
            Number(tags['http.response.status_code']) === 503 &&
            !trace.spans.some(({ parentId }) => parentId === id),
        ),
    },
    alert: 'CredentialsRefused',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'everything that needs the service fails, from one moment to the next',
  },
  remedies: [
    {
      policies: [{ policy: 'serveStale', kind: 'edge', without: false, with: true }],
      why: 'the edge goes on answering with what it has',
    },
    { measure: 'overlapping rotation', why: 'the new password is valid before the old one ends' },
  ],
  redHerring: 'all nodes of the service are gone at once, as after a bad roll-out; none was deployed and none has died',
  example: { small: { target: 'postgres-na' }, full: { target: 'postgres-na' } },
})
