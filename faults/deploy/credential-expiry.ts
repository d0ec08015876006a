import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { choice } from '../parameters.ts'
import type { Trace } from '../trace.ts'

type Span = Trace['spans'][number]

export const credentialExpiry = defineFault({
  id: 'credential-expiry',
  term: 'credential expiry',
  layer: 'deploy',
  targets: ['database', 'kind', 'node', 'region'],
  parameters: z.strictObject({
    credential: choice(
      ['database', 'session'],
      "what has expired: a role's password, at the target database; or the key by which the target gateways know a session",
    ),
    role: choice(
      ['products', 'users', 'orders', 'payments', 'fulfilment'],
      'whose password has expired, when that is what has',
    ),
  }),
  description:
    "The password of a service's database role has expired (`VALID UNTIL`), on the primary and all replicas. Its sessions end, and each " +
    'attempt to connect is refused with 28P01, by all of its nodes at the same moment. Or, with `credential=session`, the key that the ' +
    'tokens of customers are signed with: the gateways take none of them any more and answer 401 to whoever has logged in, however often ' +
    'he logs in again. Of a gateway no password can expire, and of a database server no session.',
  acts: {
    server: ({ credential, role }) => (credential === 'session' ? { kind: 'none' } : { kind: 'expire-password', role }),
    session: ({ credential }) => ({ keyExpired: credential === 'session' }),
  },
  signature: {
    gist: 'connections refused for their password (28…), or sessions with 401',
    promql:
      'sum by (service) (rate(db_client_connection_wait_time_seconds_count{error_type=~"28.*"}[10s])) > 0.1 or ' +
      // Who logs in with a wrong password is no sign of it.
      'sum by (service) (rate(http_server_request_duration_seconds_count{service="gateway", http_response_status_code="401", http_route!="/api/sessions"}[10s])) > 0.2',
    trace: {
      search: () => ({ services: ['gateway', 'recommendations', 'orders'] }),
      holds: (trace) => trace.spans.some((span) => isAlone(trace, span) && (isCutOff(span) || isRefused(span))),
    },
    alert: 'CredentialsRefused',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'everything that needs the service, or a session, fails from one moment to the next',
  },
  remedies: [
    {
      policies: [{ policy: 'serveStale', kind: 'edge', without: false, with: true }],
      why: 'the edge goes on answering with what it has',
    },
    { measure: 'overlapping rotation', why: 'the new password or key is valid before the old one ends' },
  ],
  redHerring: 'all nodes of the service are gone at once, as after a bad roll-out; none was deployed and none has died',
  example: {
    small: { target: 'postgres-na' },
    full: { target: 'gateway', parameters: { credential: 'session' } },
  },
})

/** Nobody was asked for it. */
function isAlone({ spans }: Trace, { id }: Span): boolean {
  return !spans.some(({ parentId }) => parentId === id)
}

/** Nodes without their database are not ready any more, so that their callers know none, and fail at once. */
function isCutOff({ kind, service, tags }: Span): boolean {
  return kind === 'server' && service !== 'load' && Number(tags['http.response.status_code']) === 503
}

/** A customer whose token is not taken. */
function isRefused({ kind, service, tags }: Span): boolean {
  return kind === 'server' && service === 'gateway' && Number(tags['http.response.status_code']) === 401
}
