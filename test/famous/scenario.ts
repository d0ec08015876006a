// One famous failure as an experiment with a baseline, the effect and the cure; and how it is carried out and tidied up after.
import type { Cluster } from '../../cluster/supervisor/cluster.ts'
import type { ClusterSize } from '../../cluster/topology/nodes.ts'
import { createStage, type Figure, type Stage } from './stage.ts'

export type Scenario = {
  /** As in `npm run faults:famous -- ID`. */
  id: string
  size: ClusterSize
  /** Requests a second that customers make meanwhile. */
  load: number
  /** Throws when something is not as it has to be; notes its figures on the stage. */
  run(stage: Stage): Promise<void>
}

export type Outcome = { id: string; seconds: number; figures: readonly Figure[]; failure?: string }

/** Plays a scenario and leaves the cluster as it was. Rejects only when that fails. */
export async function play(cluster: Cluster, scenario: Scenario): Promise<Outcome> {
  const stage = createStage(cluster)
  const startMs = performance.now()
  let failure: string | undefined
  try {
    await stage.control.setLoad({ body: { requestsPerSecond: scenario.load } })
    if (scenario.load > 0) await stage.until('a healthy shop', () => isWell(stage, scenario.load), 60_000)
    else await stage.until('a quiet shop', () => isQuiet(stage), 30_000)
    await scenario.run(stage)
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  } finally {
    await stage.control.clearFaults({})
    await stage.control.resetPolicies({ query: {} })
  }
  const seconds = (performance.now() - startMs) / 1_000
  return { id: scenario.id, seconds, figures: stage.figures, ...(failure === undefined ? {} : { failure }) }
}

/** Nobody asks for anything any more: what a scenario counts is its own. */
async function isQuiet(stage: Stage): Promise<boolean> {
  const asked = await stage.value(
    'sum(rate(http_server_request_duration_seconds_count{service="frontdoor"}[3s])) or vector(0)',
  )
  return asked === 0 && (await stage.value('sum(load_requests_in_flight) or vector(0)')) === 0
}

/** Customers get what they ask for, and none of them waits for what came before. */
async function isWell(stage: Stage, load: number): Promise<boolean> {
  const good = await stage.value('sum(rate(load_request_duration_seconds_count{outcome=~"ok|refused"}[4s]))')
  const bad = await stage.value(
    'sum(rate(load_request_duration_seconds_count{outcome!~"ok|refused"}[4s])) or vector(0)',
  )
  // Not more, either: of what was before, nothing is left.
  return good > 0.6 * load && good < 1.6 * load && bad === 0
}
