// The list of all faults. One file a fault; see README.md for how to add the next.
import { badCohort } from './app/bad-cohort.ts'
import { errorRate } from './app/error-rate.ts'
import { eventLoopBlock } from './app/event-loop-block.ts'
import { memoryLeak } from './app/memory-leak.ts'
import { noisyNeighbour } from './app/noisy-neighbour.ts'
import { poolExhaustion } from './app/pool-exhaustion.ts'
import { zombieWork } from './app/zombie-work.ts'
import { breakerStuck } from './client/breaker-stuck.ts'
import { loadSpike } from './client/load-spike.ts'
import { metastable } from './client/metastable.ts'
import { retryStorm } from './client/retry-storm.ts'
import { cacheStampede } from './data/cache-stampede.ts'
import { diskFull } from './data/disk-full.ts'
import { duplicateDelivery } from './data/duplicate-delivery.ts'
import { failover } from './data/failover.ts'
import { hotKey } from './data/hot-key.ts'
import { nPlusOne } from './data/n-plus-one.ts'
import { poisonMessage } from './data/poison-message.ts'
import { queueLag } from './data/queue-lag.ts'
import { silentCorruption } from './data/silent-corruption.ts'
import { slowQuery } from './data/slow-query.ts'
import { staleRead } from './data/stale-read.ts'
import { badCanary } from './deploy/bad-canary.ts'
import { credentialExpiry } from './deploy/credential-expiry.ts'
import { misconfiguration } from './deploy/misconfiguration.ts'
import type { Fault } from './fault.ts'
import { bandwidth } from './network/bandwidth.ts'
import { blackhole } from './network/blackhole.ts'
import { dns } from './network/dns.ts'
import { latency } from './network/latency.ts'
import { loss } from './network/loss.ts'
import { partition } from './network/partition.ts'
import { regionOutage } from './network/region-outage.ts'
import { reset } from './network/reset.ts'
import { clockSkew } from './node/clock-skew.ts'
import { cpu } from './node/cpu.ts'
import { crash } from './node/crash.ts'
import { fdExhaustion } from './node/fd-exhaustion.ts'
import { freeze } from './node/freeze.ts'
import { slowReplica } from './node/slow-replica.ts'
import { cardinality } from './telemetry/cardinality.ts'
import { exporterOutage } from './telemetry/exporter-outage.ts'
import { lostContext } from './telemetry/lost-context.ts'
import { samplingBias } from './telemetry/sampling-bias.ts'

/** In the order in which people are shown them. */
export const catalogue: readonly Fault[] = [
  latency,
  bandwidth,
  loss,
  reset,
  blackhole,
  partition,
  dns,
  regionOutage,
  crash,
  freeze,
  slowReplica,
  cpu,
  fdExhaustion,
  clockSkew,
  eventLoopBlock,
  memoryLeak,
  errorRate,
  badCohort,
  poolExhaustion,
  noisyNeighbour,
  zombieWork,
  retryStorm,
  metastable,
  loadSpike,
  breakerStuck,
  badCanary,
  misconfiguration,
  diskFull,
  cacheStampede,
  duplicateDelivery,
  poisonMessage,
  queueLag,
  slowQuery,
  nPlusOne,
  hotKey,
  silentCorruption,
  staleRead,
  failover,
  credentialExpiry,
  lostContext,
  samplingBias,
  exporterOutage,
  cardinality,
]

const byId = new Map(catalogue.map((fault) => [fault.id, fault]))

export function findFault(id: string): Fault | undefined {
  return byId.get(id)
}
