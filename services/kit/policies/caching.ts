// How caches behave when an entry runs out, and when its origin is away.
import { onOff } from './setting.ts'

export const caching = {
  singleFlight: onOff({
    default: true,
    kinds: ['edge', 'products'],
    does: 'Asks the origin once for everybody who misses the same entry at the same time; when off, each asks for himself.',
    cures: ['cache-stampede', 'n-plus-one'],
  }),
  ttlJitter: onOff({
    default: true,
    kinds: ['products'],
    does: 'Spreads the lifetimes of entries, so that those that were made together do not run out together.',
  }),
  serveStale: onOff({
    default: true,
    kinds: ['edge'],
    does: 'Answers with what is out of date while it is being refreshed or its origin fails, where the origin allows for that.',
    cures: ['partition', 'dns', 'error-rate', 'bad-cohort', 'credential-expiry'],
  }),
} as const
