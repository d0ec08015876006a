import { z } from 'zod'
import { defineFault } from '../fault.ts'
import { customerP95 } from '../indicators.ts'
import { quantity } from '../parameters.ts'
import { among } from '../trace.ts'
import { afterSleep, readsFrom } from './sql.ts'

export const cacheStampede = defineFault({
  id: 'cache-stampede',
  term: 'cache stampede (thundering herd)',
  layer: 'data',
  targets: ['cluster', 'region', 'kind', 'node'],
  parameters: z.strictObject({
    expireEveryS: quantity({
      min: 0.5,
      max: 60,
      default: 2,
      unit: 'seconds',
      what: 'after which everything that the caches hold runs out at the same moment',
    }),
    rebuildMs: quantity({
      min: 0,
      max: 5_000,
      default: 400,
      unit: 'milliseconds',
      what: 'that the server works on each query of the catalogue, as it would on an expensive one',
    }),
  }),
  description:
    'All entries of the caches run out at the same moment, again and again, and making them anew is expensive. With single flight one ' +
    'query an entry is made, for which everybody waits; without it everybody makes one of his own, all at once. The queries are real, and ' +
    'the server is busy with them.',
  acts: {
    cache: ({ expireEveryS }) => ({ expireEveryMs: expireEveryS * 1_000 }),
    statement: ({ text }, { rebuildMs }) =>
      rebuildMs > 0 && readsFrom(text, 'products') ? { text: afterSleep(text, rebuildMs) } : {},
  },
  signature: {
    gist: 'entries of a cache gone at once',
    // Entries are replaced one by one while all is well, so that their number only grows.
    promql:
      'max_over_time((faultline_cache_entries < 0.5 * max_over_time(faultline_cache_entries[15s]) and max_over_time(faultline_cache_entries[15s]) > 10)[5s:1s])',
    trace: {
      search: () => ({ services: ['products'], minDuration: '200ms' }),
      holds: (trace, { nodes }) =>
        trace.spans.some(
          ({ service, node, name, durationUs }) =>
            service === 'products' && among(node, nodes) && /^SELECT products/.test(name) && durationUs > 200_000,
        ),
    },
    alert: null,
  },
  impact: {
    indicator: customerP95,
    text: 'those who ask while an entry is missing wait for the query; without single flight also for a connection, behind all the others',
  },
  remedies: [
    {
      policies: [{ policy: 'singleFlight', without: false, with: true }],
      // The customers of a lab seldom ask for one entry at the same time; there two dozen do.
      shownBy: 'test/famous/cache-stampede.ts',
      why: 'one asks the origin, the others wait for that answer',
    },
  ],
  experiment: { injection: { parameters: { rebuildMs: 800 } } },
  redHerring: 'the database looks too slow for its load, which is only large because the cache is empty',
  example: { small: {}, full: {} },
})
