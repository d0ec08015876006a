import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { unconfirmedCheckouts } from '../indicators.ts'
import { quantity } from '../parameters.ts'

export const failover = defineFault({
  id: 'failover',
  term: 'failover of the primary database',
  layer: 'data',
  targets: ['database'],
  parameters: z.strictObject({
    detectedAfterS: quantity({
      min: 0,
      max: 60,
      default: 3,
      unit: 'seconds',
      what: 'without any primary, until a replica is promoted',
    }),
    backAfterS: quantity({
      min: 0,
      max: 300,
      default: 5,
      unit: 'seconds',
      what: 'after the promotion until the old primary comes back, as a replica',
    }),
  }),
  description:
    'The primary database is killed, the replica that has most of its log is promoted, and all nodes follow it; the old one is fenced ' +
    'until it is a copy of the new one. All of it is real. What no replica had is lost, unless commits wait for one. When the fault ends, ' +
    'the old one becomes the primary again in an orderly way. Of a server that is not the primary nothing becomes.',
  acts: {
    server: ({ detectedAfterS, backAfterS }) => ({
      kind: 'fail-over',
      detectedAfterMs: detectedAfterS * 1_000,
      backAfterMs: backAfterS * 1_000,
    }),
  },
  signature: {
    gist: 'connections refused by the primary',
    promql:
      'sum(rate(db_client_connection_wait_time_seconds_count{db_client_connection_pool_name="primary", error_type=~"E.*|57P.*|25006"}[10s])) > 0.2',
    trace: {
      search: () => ({ services: ['users', 'orders', 'products', 'gateway'], minDuration: '100ms' }),
      // Writes that wait for a primary, and give up.
      holds: (trace) =>
        trace.spans.some(
          ({ kind, service, tags }) =>
            kind === 'server' &&
            ['users', 'orders', 'products', 'payments', 'gateway'].includes(service) &&
            Number(tags['http.response.status_code']) === 503,
        ),
    },
    alert: null,
  },
  impact: {
    indicator: unconfirmedCheckouts,
    text: 'nobody can write until a replica has been promoted; afterwards everybody who writes has a longer way to it',
  },
  remedies: [
    {
      policies: [{ policy: 'synchronousReplication', without: 'off', with: 'any' }],
      shownBy: 'cluster/postgres/failover.test.ts',
      why: 'nothing that was accepted is lost: a replica had it before it counted. It saves orders, not requests',
    },
    { measure: 'fencing', why: 'the old primary cannot accept what the new one never hears of' },
  ],
  experiment: { size: 'full', anew: 'before', settleS: 1 },
  redHerring:
    'all services that write fail together, each with errors of its own connections, as if the network were at fault',
  example: { small: null, full: { target: 'postgres-na' } },
})
