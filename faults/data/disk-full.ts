import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerErrorRatio } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { among } from '../trace.ts'

/** What writes: data, structure, and reading that locks rows, which PostgreSQL writes down as well. */
const writing = /^\s*(?:with\b[\s\S]*\b)?(?:insert|update|delete|merge|truncate|create|alter|drop|copy)\b/i

export const diskFull = defineFault({
  id: 'disk-full',
  term: 'disk full',
  layer: 'data',
  targets: ['database', 'node', 'kind'],
  parameters: z.strictObject({
    probability: quantity({
      min: 0.01,
      max: 1,
      default: 1,
      unit: 'probability',
      what: 'that a statement that writes finds no room',
    }),
  }),
  description:
    'Statements that write fail in the server with 53100 (disk full) and end their transactions; those that read pass. Of a database server ' +
    'for all its clients, of a node for its own.',
  acts: {
    statement: ({ text }, { probability }, random) =>
      writing.test(text) && random() < probability
        ? {
            failure: {
              sqlState: '53100',
              message: 'could not extend file "base/16389/16421": No space left on device',
            },
          }
        : {},
  },
  signature: {
    gist: 'statements that find no disk (53100)',
    promql: 'sum by (instance) (rate(db_client_operation_duration_seconds_count{error_type="53100"}[10s])) > 0.05',
    trace: {
      search: ({ kinds, nodes }) => ({
        services: nodes.some(isServer) ? ['orders', 'users', 'products', 'payments', 'fulfilment'] : kinds,
        tags: '{"error":"true"}',
      }),
      // The instrumentation of the client tells no code, only the server's words.
      holds: (trace, { nodes }) =>
        trace.spans.some(
          ({ node, tags }) =>
            (among(node, nodes) || nodes.some(isServer)) &&
            tags['db.system.name'] === 'postgresql' &&
            /No space left on device/.test(String(tags['otel.status_description'])),
        ),
    },
    alert: 'JourneyFailing',
  },
  impact: {
    indicator: customerErrorRatio,
    text: 'looking works, buying does not: no account, no basket and no order can be written',
  },
  remedies: [{ measure: 'read-only mode', why: 'says at once what cannot be done, and goes on with what can' }],
  redHerring: 'the database answers, and quickly: its health check reads',
  example: { small: { target: 'postgres-na' }, full: { target: 'postgres-na' } },
})

function isServer(name: string): boolean {
  return name.startsWith('postgres-')
}
