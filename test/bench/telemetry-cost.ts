// What telemetry costs on the path gateway → products: the same bundles, once with every request traced, once with telemetry off.

import { startBenchCluster } from './bench-cluster.ts'
import { closedLoop } from './closed-loop.ts'
import { type Figure, median } from './figure.ts'
import { cpuMs } from './processes.ts'

const ROUNDS = 3
const SECONDS = 6
const CONNECTIONS = 16

type Round = { requestsPerS: number; cpuMsPerRequest: number }

/** Rounds alternate, so that a machine whose speed drifts harms both sides alike. */
export async function benchTelemetryCost(root: string): Promise<Figure[]> {
  const ratios: { throughput: number; cpu: number }[] = []
  let last: { on: Round; off: Round } | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const on = await measure(root, true)
    const off = await measure(root, false)
    ratios.push({ throughput: on.requestsPerS / off.requestsPerS, cpu: on.cpuMsPerRequest / off.cpuMsPerRequest })
    last = { on, off }
  }
  return [
    {
      name: 'telemetry: requests/s, with/without',
      value: median(ratios.map((r) => r.throughput)),
      unit: 'ratio',
      aim: '≥ 0.75',
    },
    { name: 'telemetry: CPU a request, with/without', value: median(ratios.map((r) => r.cpu)), unit: 'ratio' },
    { name: 'gateway → products, telemetry on', value: last?.on.requestsPerS ?? 0, unit: 'requests/s' },
    { name: 'gateway → products, telemetry off', value: last?.off.requestsPerS ?? 0, unit: 'requests/s' },
    { name: 'CPU a request of both, telemetry on', value: last?.on.cpuMsPerRequest ?? 0, unit: 'ms' },
    { name: 'CPU a request of both, telemetry off', value: last?.off.cpuMsPerRequest ?? 0, unit: 'ms' },
  ]
}

async function measure(root: string, telemetry: boolean): Promise<Round> {
  const bench = await startBenchCluster(root, { size: 'small', load: 0, telemetry })
  try {
    const nodes = await bench.nodes()
    const gateway = nodes.find((node) => node.kind === 'gateway')
    const pids = nodes.filter(({ kind }) => kind === 'gateway' || kind === 'products').map(({ pid }) => pid)
    const origin = `http://${gateway?.address}`
    const path = '/api/products/p-0001'
    await closedLoop(origin, path, { connections: CONNECTIONS, seconds: 2 })
    const before = total(pids)
    const result = await closedLoop(origin, path, { connections: CONNECTIONS, seconds: SECONDS })
    if (result.failures > 0) throw new Error(`${result.failures} of ${result.requests} requests failed`)
    return {
      requestsPerS: result.requests / result.seconds,
      cpuMsPerRequest: (total(pids) - before) / result.requests,
    }
  } finally {
    await bench.stop()
  }
}

function total(pids: number[]): number {
  return pids.reduce((sum, pid) => sum + cpuMs(pid), 0)
}
