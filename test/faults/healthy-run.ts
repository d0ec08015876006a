// `npm run faults:verify -- --healthy 10m`: a cluster under load on which nothing is broken, and whatever signature held all the same.
import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterSize } from '../../cluster/topology/nodes.ts'
import type { Fault } from '../../faults/fault.ts'
import { type FalseAlarm, watchHealthy } from '../../faults/testing/healthy.ts'
import { LOAD, startLabCluster } from './lab-cluster.ts'

/** The longest signature looks back over fifteen seconds, at the start of the cluster too. */
const WARM_UP_S = 20

/** @returns whether nothing held */
export async function runHealthy({
  size,
  seconds,
  faults,
}: {
  size: ClusterSize
  seconds: number
  faults: readonly Fault[]
}): Promise<boolean> {
  console.log(`a healthy ${size} cluster at ${LOAD[size]} requests/s for ${seconds} s, ${faults.length} signatures`)
  const { lab, stop } = await startLabCluster(size)
  try {
    await delay(WARM_UP_S * 1_000)
    const onProgress = (atS: number) => console.log(`  ${Math.round(atS)} of ${seconds} s`)
    const alarms = await watchHealthy(lab, { faults, size, seconds, onProgress })
    console.log(alarms.length === 0 ? 'no signature held, no trace showed a fault, no alert fired' : describe(alarms))
    return alarms.length === 0
  } finally {
    await stop()
  }
}

export function describe(alarms: readonly FalseAlarm[]): string {
  return alarms
    .map(({ what, series, atS }) => {
      const [first, last] = [atS[0] ?? 0, atS.at(-1) ?? 0]
      const when =
        atS.length === 1
          ? `at ${first.toFixed(0)} s`
          : `${atS.length} times from ${first.toFixed(0)} to ${last.toFixed(0)} s`
      return `✗ ${what} held ${when}${series === '' ? '' : ` ${series}`}`
    })
    .join('\n')
}
