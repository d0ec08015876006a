// The metastable failure: a burst is over, the load is what was well before it, and nothing good comes out until a remedy is set.
import type { PolicyChange } from '../../cluster/control-plane/policies/policy-contract.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const BASE_PER_S = 8
const BURST_S = 10
/** Watched after the burst, before the remedy. */
const DOWN_S = 15
const CAPACITY_PER_S = 20
const QUEUE = 256

type Remedy = {
  changes: PolicyChange[]
  /** What the catalogue of faults says, in seconds. */
  statedS: [number, number]
  /** What a machine that others keep busy may take. */
  atMostS: number
}

const discipline = (value: string): PolicyChange => ({ name: 'queueDiscipline', value, kind: 'frontdoor' })
const budget = (name: string, value: number | boolean): PolicyChange => ({
  name,
  value,
  caller: 'load',
  callee: 'frontdoor',
})

export const metastableByDeadline = metastable('deadline', {
  changes: [discipline('deadline')],
  statedS: [0, 10],
  atMostS: 30,
})
export const metastableByLifo = metastable('lifo', { changes: [discipline('lifo')], statedS: [0, 10], atMostS: 30 })
export const metastableByBudget = metastable('retry-budget', {
  // A tenth of the requests, and nothing on top for the time that passes.
  changes: [budget('retryBudgetMinPerS', 0), budget('retryBudgetRatio', 0.1), budget('retryBudget', true)],
  statedS: [20, 30],
  atMostS: 75,
})

const goodput = 'sum(rate(load_request_duration_seconds_count{outcome=~"ok|refused"}[4s]))'
const offered = 'sum(rate(load_requests_offered_total[4s]))'

function metastable(name: string, remedy: Remedy): Scenario {
  return {
    id: `metastable-${name}`,
    size: 'small',
    load: BASE_PER_S,
    async run(stage) {
      await stage.inject('metastable')
      await expectToStayDown(stage)
      const { kinds } = await stage.control.getPolicies({ query: { kind: 'frontdoor' } })
      const { queueDiscipline, maxInFlight } = kinds[0]?.values ?? {}
      stage.expect('the bad policies', queueDiscipline === 'fifo' && maxInFlight === 4, kinds[0]?.values)
      const queued = await stage.value('max(faultline_admission_queued{service="frontdoor"})')
      await stage.setPolicies(...remedy.changes)
      const isWell = async () => (await stage.value(goodput)) > 0.7 * BASE_PER_S
      const tookS = await stage.until(`goodput with ${name}`, isWell, remedy.atMostS * 1_000)
      const [fromS, toS] = remedy.statedS
      stage.note('back after', `${tookS.toFixed(1)} s (stated: ${fromS > 0 ? `${fromS} to ` : 'within '}${toS} s)`)
      // All that waits has to be served first, with nothing but the capacity that base load and repeats leave.
      const atLeastS = fromS > 0 ? (queued / CAPACITY_PER_S) * 0.7 : 0
      stage.expect('no recovery before the queue is served', tookS >= atLeastS, { tookS, atLeastS, queued })
      const { faults } = await stage.control.listFaults({})
      stage.expect('the fault to go on', faults.map(({ fault }) => fault).join() === 'metastable', faults)
      stage.expect('the base load', (await stage.value('max(load_target_requests_per_second)')) === BASE_PER_S)
      await stage.control.clearFaults({})
      const after = await stage.control.getPolicies({ query: { kind: 'frontdoor' } })
      stage.expect(
        'its policies to go with it',
        after.kinds[0]?.values['maxInFlight'] === 1_000,
        after.kinds[0]?.values,
      )
    },
  }
}

/** Until the trigger is over and its last scrapes are out of sight, then so many seconds more in which nothing good comes out. */
async function expectToStayDown(stage: Stage): Promise<void> {
  stage.note('goodput before', `${(await stage.value(goodput)).toFixed(1)}/s`)
  await stage.until('the burst', async () => (await stage.value(offered)) > 2 * BASE_PER_S)
  const isOver = async () => (await stage.value(offered)) < 1.6 * BASE_PER_S
  await stage.until('the end of the burst', isOver, (BURST_S + 20) * 1_000)
  let best = 0
  let fullest = 0
  await stage.throughout(DOWN_S, async () => {
    best = Math.max(best, await stage.value(goodput))
    fullest = Math.max(fullest, await stage.value('max(faultline_admission_queued{service="frontdoor"})'))
    stage.expect('no goodput after the burst', best < 0.15 * BASE_PER_S, best)
  })
  stage.note(`best goodput in ${DOWN_S} s after the burst`, `${best.toFixed(2)}/s, ${fullest} of ${QUEUE} waiting`)
}
