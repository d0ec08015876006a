// What telemetry costs on the path gateway → products: the same bundles with every request traced and measured, with metrics alone,
// and with telemetry off.
import type { Telemetry } from '../../cluster/topology/environment.ts'
import { startBenchCluster } from './bench-cluster.ts'
import { closedLoop } from './closed-loop.ts'
import { type Figure, median } from './figure.ts'
import { cpuMs } from './processes.ts'

const ROUNDS = 3
const SECONDS = 6
const CONNECTIONS = 16
const PATH = '/api/products/p-0001'

type Measured = { requestsPerS: number; cpuMsPerRequest: number }
type Round = Record<Telemetry, Measured>

/** The variants take turns, so that a machine whose speed drifts harms all alike. */
export async function benchTelemetryCost(root: string): Promise<Figure[]> {
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({
      on: await measure(root, 'on'),
      metrics: await measure(root, 'metrics'),
      off: await measure(root, 'off'),
    })
  }
  const of = (figure: (round: Round) => number) => median(rounds.map(figure))
  return [
    {
      name: 'telemetry: requests/s, with/without',
      value: of(({ on, off }) => on.requestsPerS / off.requestsPerS),
      unit: 'ratio',
      aim: '≥ 0.75',
    },
    {
      name: 'telemetry: CPU a request, with/without',
      value: of(({ on, off }) => on.cpuMsPerRequest / off.cpuMsPerRequest),
      unit: 'ratio',
    },
    {
      name: "metrics' share of CPU a request",
      value: of(
        ({ metrics, off }) => (100 * (metrics.cpuMsPerRequest - off.cpuMsPerRequest)) / metrics.cpuMsPerRequest,
      ),
      unit: '%',
    },
    { name: 'gateway → products, telemetry on', value: of(({ on }) => on.requestsPerS), unit: 'requests/s' },
    { name: 'gateway → products, telemetry off', value: of(({ off }) => off.requestsPerS), unit: 'requests/s' },
    { name: 'CPU a request of both, telemetry on', value: of(({ on }) => on.cpuMsPerRequest), unit: 'ms' },
    { name: 'CPU a request of both, telemetry off', value: of(({ off }) => off.cpuMsPerRequest), unit: 'ms' },
  ]
}

async function measure(root: string, telemetry: Telemetry): Promise<Measured> {
  const bench = await startBenchCluster(root, { size: 'small', load: 0, telemetry })
  try {
    const nodes = await bench.nodes()
    const gateway = nodes.find((node) => node.kind === 'gateway')
    const pids = nodes.filter(({ kind }) => kind === 'gateway' || kind === 'products').map(({ pid }) => pid)
    const origin = `http://${gateway?.address}`
    await closedLoop(origin, PATH, { connections: CONNECTIONS, seconds: 2 })
    const before = total(pids)
    const result = await closedLoop(origin, PATH, { connections: CONNECTIONS, seconds: SECONDS })
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
