import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { choice } from '../parameters.ts'
import { among } from '../trace.ts'
import { readsFrom } from './sql.ts'

/** More siblings than any request of a healthy shop has. */
const SIBLINGS = 8

export const nPlusOne = defineFault({
  id: 'n-plus-one',
  term: 'N+1 queries',
  layer: 'data',
  targets: ['kind', 'node'],
  parameters: z.strictObject({
    table: choice(['products', 'categories'], 'whose rows are asked for one by one'),
  }),
  description:
    'After a query for a list of rows, each row is asked for again on its own, as a lazily loading mapper would do. Each statement is ' +
    'quick, and there are as many as rows.',
  acts: { statement: ({ text }, { table }) => (readsFrom(text, table) ? { perRow: true } : {}) },
  signature: {
    gist: 'SELECTs for each connection that was taken',
    promql:
      'sum by (service) (rate(db_client_operation_duration_seconds_count{db_operation_name="SELECT", db_collection_name!=""}[10s])) ' +
      '/ sum by (service) (rate(db_client_connection_wait_time_seconds_count[10s])) > 2.5',
    trace: {
      search: ({ kinds }) => ({ services: kinds }),
      holds: (trace, { nodes }) => {
        const siblings = new Map<string, number>()
        for (const { node, parentId, name, tags } of trace.spans) {
          if (!among(node, nodes) || tags['db.system.name'] !== 'postgresql' || !/^SELECT /.test(name)) continue
          const key = `${parentId} ${name}`
          siblings.set(key, (siblings.get(key) ?? 0) + 1)
        }
        return [...siblings.values()].some((number) => number > SIBLINGS)
      },
    },
    alert: 'QueriesPerRow',
  },
  impact: {
    indicator: customerP95,
    text: 'lists are slower by one round trip for each row, most where the database is far away',
  },
  remedies: [
    {
      policies: [{ policy: 'singleFlight', without: false, with: true }],
      why: 'a list is made once for all who ask at the same time',
    },
    { measure: 'one query for all rows (a join, or `= ANY`)', why: 'one round trip instead of one for each row' },
  ],
  redHerring: 'no statement is slow: a list of slow statements is empty',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})
