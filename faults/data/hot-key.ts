import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { unconfirmedCheckouts } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { among } from '../trace.ts'
import { locksRowsOf } from './sql.ts'

export const hotKey = defineFault({
  id: 'hot-key',
  term: 'hot key (lock contention)',
  layer: 'data',
  targets: ['kind', 'node'],
  parameters: z.strictObject({
    holdMs: quantity({
      min: 0,
      max: 10_000,
      default: 1_500,
      unit: 'milliseconds',
      what: 'for which each writer keeps its locks longer',
    }),
  }),
  description:
    'Each reservation of stock locks the row of one and the same product as well, whatever is bought, and keeps its locks for longer. The ' +
    'locks are those of the database; whoever comes second waits for them inside of his statement.',
  acts: {
    statement: ({ text }, { holdMs }) => {
      if (locksRowsOf(text, 'products')) return { text: withHotRow(text) }
      return /^\s*update\s+products\b/i.test(text) ? { delayMs: holdMs } : {}
    },
  },
  signature: {
    gist: 'sessions that wait for a lock',
    promql: 'sum by (service) (sum_over_time(faultline_database_lock_waiters[10s])) > 1',
    trace: {
      search: ({ kinds }) => ({ services: kinds, minDuration: '300ms' }),
      holds: (trace, { nodes }) =>
        trace.spans.some(
          ({ node, name, durationUs, tags }) =>
            among(node, nodes) &&
            durationUs > 300_000 &&
            /^SELECT products/.test(name) &&
            /for no key update/i.test(String(tags['db.query.text'] ?? tags['db.statement'] ?? '')),
        ),
    },
    alert: 'LocksContended',
  },
  impact: {
    indicator: unconfirmedCheckouts,
    text: 'checkouts wait in line for one row, are told "pending" when it takes too long, and ask again; looking at products is not affected',
  },
  remedies: [
    {
      measure: 'shard the key',
      why: 'several rows instead of one: writers of different shards do not wait for each other',
    },
  ],
  redHerring: 'the database is idle, its processor and its disk too: nobody works, all wait',
  example: { small: { target: 'products' }, full: { target: 'products' } },
})

/** Locks go by the order of ids, with this row among them, so that nothing deadlocks; whoever asked ignores the row. */
function withHotRow(text: string): string {
  return text.replace(/\bid = ANY\(\$1\)/, '(id = ANY($1) OR id = (SELECT min(id) FROM products))')
}
