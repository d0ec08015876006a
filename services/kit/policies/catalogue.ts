// Every policy that there is, by its scope: of a call (from a kind of caller to a kind of callee), of a kind of node, of the cluster.
import { breaker } from './breaker.ts'
import { bulkhead } from './bulkhead.ts'
import { caching } from './caching.ts'
import { checksums } from './checksums.ts'
import { connections } from './connections.ts'
import { hedging } from './hedging.ts'
import { idempotency } from './idempotency.ts'
import { loadShedding } from './load-shedding.ts'
import { outlierEjection } from './outlier-ejection.ts'
import { queueing } from './queueing.ts'
import { rateLimit } from './rate-limit.ts'
import { reads } from './reads.ts'
import { replication } from './replication.ts'
import { retries } from './retries.ts'
import type { Setting } from './setting.ts'
import { timeouts } from './timeouts.ts'

export const policyScopes = ['call', 'kind', 'cluster'] as const
export type PolicyScope = (typeof policyScopes)[number]

/** Settings of calls, applied by the caller. */
export const callSettings = {
  ...timeouts,
  ...retries,
  ...breaker,
  ...bulkhead,
  ...hedging,
  ...outlierEjection,
  ...checksums,
} as const

/** Settings of a kind of node, applied by each node of it. */
export const kindSettings = {
  ...loadShedding,
  ...queueing,
  ...rateLimit,
  ...caching,
  ...reads,
  ...connections,
  ...idempotency,
} as const

/** Settings of what there is once in a cluster. */
export const clusterSettings = { ...replication } as const

/** In the order in which they are listed to people. */
const topics = {
  timeout: timeouts,
  retries,
  breaker,
  bulkhead,
  hedging,
  'outlier ejection': outlierEjection,
  checksums,
  'load shedding': loadShedding,
  queueing,
  'rate limit': rateLimit,
  caching,
  reads,
  connections,
  idempotency,
  replication,
} as const

export type CataloguedPolicy = { name: string; scope: PolicyScope; topic: string; setting: Setting }

/** Every policy, in the order of its topic; names are unique over all scopes. */
export const policyCatalogue: readonly CataloguedPolicy[] = Object.entries(topics).flatMap(([topic, settings]) =>
  Object.entries(settings).map(([name, setting]) => ({ name, scope: scopeOf(name), topic, setting })),
)

export function findPolicy(name: string): CataloguedPolicy | undefined {
  return policyCatalogue.find((policy) => policy.name === name)
}

function scopeOf(name: string): PolicyScope {
  if (Object.hasOwn(callSettings, name)) return 'call'
  return Object.hasOwn(kindSettings, name) ? 'kind' : 'cluster'
}
