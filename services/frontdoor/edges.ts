// The edges as customers of each region reach them: the nearest that is not dark. Probes tell which regions are dark within seconds;
// until they do, failed attempts that may be repeated go to the next region by themselves.
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { type BalancedCaller, createBalancedCaller } from '../kit/calls/balanced-caller.ts'
import { type Caller, CallFailure, type CallResponse } from '../kit/calls/caller.ts'
import { type LiveControl, selectEndpoints } from '../kit/calls/select-endpoints.ts'
import { type NodeRegion, Region } from '../kit/control/document.ts'
import { UNREACHABLE_HEADER } from '../kit/http/proxy.ts'
import { repeat } from '../kit/repeat.ts'
import { afterProbe, avoidDark, lit, type RegionState } from './domain.ts'

export type EdgesByCustomer = Record<Region, Caller>

export type Edges = {
  byCustomer: EdgesByCustomer
  darkRegions(): Region[]
  /** Begins to probe. */
  start(): void
  close(): Promise<void>
}

export type EdgesOptions = { control: LiveControl; log: Logger; metrics?: Metrics; probeEveryMs?: number }

const probeTimeoutMs = 500

export function createEdges({ control, log, metrics = noMetrics, probeEveryMs = 1_000 }: EdgesOptions): Edges {
  const states = new Map<NodeRegion, RegionState>()
  const isDark = (region: NodeRegion) => states.get(region)?.dark ?? false
  const shining = selectEndpoints(control, 'edge', (endpoints) => avoidDark(endpoints, isDark))
  // Counted from where the customer is: an edge in another region is as far away as it is for them.
  const customers = byRegion((from) =>
    createBalancedCaller({
      callee: 'edge',
      from,
      control: shining,
      log,
      metrics,
      customerRegion: from,
      isUnavailable: foundNoGateway,
    }),
  )
  const probes = byRegion((region) => {
    const own = selectEndpoints(control, 'edge', (endpoints) => endpoints.filter((each) => each.region === region))
    return createBalancedCaller({ callee: 'edge', from: 'global', control: own, log, isUnavailable: () => false })
  })

  async function probe(region: Region): Promise<void> {
    const before = states.get(region) ?? lit
    const after = afterProbe(before, await isHealthy(probes[region]))
    states.set(region, after)
    if (after.dark === before.dark) return
    log.warn({ edges: region }, after.dark ? 'region is dark: its customers go elsewhere' : 'region is back')
    shining.reselect()
  }

  const regionsInUse = () => Region.options.filter((region) => probes[region].snapshot().replicas.length > 0)
  let stop = async () => {}
  return {
    byCustomer: customers,
    darkRegions: () => Region.options.filter(isDark),
    start() {
      stop = repeat('probe of regions', probeEveryMs, () => Promise.all(regionsInUse().map(probe)), log)
    },
    async close() {
      await stop()
      await Promise.all([...Object.values(customers), ...Object.values(probes)].map((caller) => caller.close()))
    },
  }
}

function byRegion(make: (region: Region) => BalancedCaller): Record<Region, BalancedCaller> {
  return { na: make('na'), eu: make('eu'), asia: make('asia') }
}

/**
 * Whether another edge may do better: this one found no gateway. A failure that it merely passes on is no reason to go elsewhere,
 * for whoever failed stands behind the other edges, too; so does the origin of files.
 */
function foundNoGateway(response: CallResponse): boolean {
  return response.headers[UNREACHABLE_HEADER] === 'gateway'
}

async function isHealthy(edge: Caller): Promise<boolean> {
  const path = '/region-health'
  try {
    // Not to be repeated: the next probe is the repeat.
    const call = { method: 'GET', path, route: path, idempotent: false, timeoutMs: probeTimeoutMs }
    return (await edge.call(call)).status === 200
  } catch (error) {
    if (error instanceof CallFailure) return false
    throw error
  }
}
