import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { choice, quantity } from '../parameters.ts'
import { among } from '../trace.ts'
import { afterSleep, readsFrom } from './sql.ts'

export const slowQuery = defineFault({
  id: 'slow-query',
  term: 'slow query (missing index)',
  layer: 'data',
  targets: ['database', 'kind', 'node'],
  parameters: z.strictObject({
    table: choice(['products', 'orders', 'users', 'charges', 'basket_items'], 'whose reads are slow'),
    delayMs: quantity({
      min: 1,
      max: 10_000,
      default: 400,
      unit: 'milliseconds',
      what: 'that the server takes longer for each',
    }),
  }),
  description:
    'Reads of one table take the server much longer, as they do without the index that they need. The server works on them (it sleeps) ' +
    'while they hold their connections; all other statements are as quick as ever.',
  acts: {
    statement: ({ text }, { table, delayMs }) => (readsFrom(text, table) ? { text: afterSleep(text, delayMs) } : {}),
  },
  signature: {
    gist: 'statements slow, connections at once',
    promql:
      'histogram_quantile(0.9, sum by (le, service, db_operation_name, db_collection_name) (rate(db_client_operation_duration_seconds_bucket{db_operation_name="SELECT", db_collection_name!=""}[10s]))) > 0.25 ' +
      'and on (service) histogram_quantile(0.5, sum by (le, service) (rate(db_client_connection_wait_time_seconds_bucket[10s]))) < 0.25',
    trace: {
      search: ({ kinds }) => ({ services: kinds.length > 0 ? kinds : ['products', 'orders'], minDuration: '200ms' }),
      holds: (trace, { nodes }) =>
        trace.spans.some(
          ({ node, name, durationUs, tags }) =>
            (among(node, nodes) || nodes.some((id) => id.startsWith('postgres-'))) &&
            tags['db.system.name'] === 'postgresql' &&
            /^SELECT \w/.test(name) &&
            durationUs > 250_000,
        ),
    },
    alert: 'StatementSlow',
  },
  impact: { indicator: customerP95, text: 'pages with that table are slow; those that the caches have are not' },
  remedies: [{ measure: 'an index', why: 'the server finds the rows instead of looking at all' }],
  redHerring: 'the pool of connections runs short: they are held for longer, not asked for more often',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})
