// What all processes weigh together under a little load.
import { setTimeout as delay } from 'node:timers/promises'
import { startBenchCluster } from './bench-cluster.ts'
import { type Figure, median } from './figure.ts'

const LOAD = 20
const SETTLE_S = 45
const SAMPLES = 5

export async function benchMemory(root: string): Promise<Figure[]> {
  const bench = await startBenchCluster(root, { size: 'full', load: LOAD, telemetry: 'on' })
  try {
    await delay(SETTLE_S * 1000)
    const totals: number[] = []
    for (let sample = 0; sample < SAMPLES; sample++) {
      totals.push((await bench.pssBytes()) / 2 ** 20)
      await delay(1000)
    }
    const nodes = await bench.nodes()
    return [
      { name: `all processes at ${LOAD} requests/s (PSS)`, value: median(totals), unit: 'MB', aim: '≤ 1,200' },
      { name: 'processes of ours', value: nodes.length, unit: 'processes' },
    ]
  } finally {
    await bench.stop()
  }
}
