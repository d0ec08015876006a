// The famous failures, and which of them are played on which day: what shares a day shares a cluster.
import { asymmetricPartition } from './asymmetric-partition.ts'
import { cacheStampede } from './cache-stampede.ts'
import { cardinality } from './cardinality.ts'
import { duplicates } from './duplicates.ts'
import { exporterOutage } from './exporter-outage.ts'
import { failover } from './failover.ts'
import { grayReplica } from './gray-replica.ts'
import { lostContext } from './lost-context.ts'
import { metastableByBudget, metastableByDeadline, metastableByLifo } from './metastable.ts'
import { retryStorm } from './retry-storm.ts'
import { samplingBias } from './sampling-bias.ts'
import type { Scenario } from './scenario.ts'
import { staleRead } from './stale-read.ts'

/** All scenarios of a day are of one size. */
export const days: readonly (readonly Scenario[])[] = [
  [metastableByDeadline, asymmetricPartition, lostContext],
  [failover, staleRead],
  [metastableByLifo, grayReplica, duplicates],
  [cacheStampede, retryStorm, exporterOutage],
  [metastableByBudget, samplingBias],
  [cardinality, asymmetricPartition, duplicates],
]

/** Each once. */
export const scenarios: readonly Scenario[] = [...new Set(days.flat())]

/** @param day a number that grows by one each day */
export function scenariosOf(day: number): readonly Scenario[] {
  return days[((day % days.length) + days.length) % days.length] ?? []
}
