// The metastable failure on a real cluster: it stays when its trigger is gone, and a remedy alone brings the shop back.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createControlCaller } from '../cluster/cli/control-caller.ts'
import { controlApi } from '../cluster/control-plane/contract.ts'
import { type ClientOf, createClient } from '../services/kit/http/client.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { until } from './until.ts'

const BASE_PER_S = 8
const BURST_S = 10

let running: RunningCluster
let control: ClientOf<typeof controlApi>
beforeAll(async () => {
  running = await startTestCluster({ load: BASE_PER_S })
  control = createClient(controlApi, createControlCaller(running.cluster.urls.control, running.cluster.token))
})
afterAll(() => running?.stop())
afterEach(async () => {
  await control.clearFaults({})
  await control.resetPolicies({ query: {} })
})

async function value(promql: string): Promise<number> {
  const response = await fetch(`${running.cluster.urls.prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  return Number(data.result[0]?.value[1] ?? Number.NaN)
}

const goodput = () => value('sum(rate(load_request_duration_seconds_count{outcome=~"ok|refused"}[4s]))')
const offered = () => value('sum(rate(load_requests_offered_total[4s]))')
const isWell = async () => (await goodput()) > 0.7 * BASE_PER_S

/** Until the trigger is over and its last scrapes are out of sight, then `seconds` more, in which nothing good comes out. */
async function expectToStayDown(seconds: number): Promise<void> {
  await until('the burst', async () => (await offered()) > 2 * BASE_PER_S, 20_000)
  await until('the end of the burst', async () => (await offered()) < 1.6 * BASE_PER_S, (BURST_S + 20) * 1_000)
  const endMs = performance.now() + seconds * 1_000
  while (performance.now() < endMs) {
    expect(await goodput()).toBeLessThan(0.15 * BASE_PER_S)
    await delay(500)
  }
}

test.each([['deadline', 30_000]] as const)(
  'stays down when the burst is over, and %s brings it back',
  async (discipline, withinMs) => {
    await until('a healthy shop', isWell, 60_000)
    await control.injectFault({ body: { fault: 'metastable', forS: 300, parameters: {}, secret: false } })
    await expectToStayDown(15)
    const { kinds } = await control.getPolicies({ query: { kind: 'frontdoor' } })
    expect(kinds[0]?.values).toMatchObject({ queueDiscipline: 'fifo', maxInFlight: 4 })
    const set = { name: 'queueDiscipline', value: discipline, kind: 'frontdoor' }
    const { changed } = await control.setPolicies({ body: { changes: [set] } })
    expect(changed).toMatchObject([{ name: 'queueDiscipline', value: discipline, before: 'fifo' }])
    // Everything else is as it was: the fault goes on.
    await until(`goodput with ${discipline}`, isWell, withinMs)
    const { faults } = await control.listFaults({})
    expect(faults.map(({ fault }) => fault)).toEqual(['metastable'])
    expect(await value('max(load_target_requests_per_second)')).toBe(BASE_PER_S)
    await control.clearFaults({})
    const after = await control.getPolicies({ query: { kind: 'frontdoor' } })
    expect(after.kinds[0]?.values).toMatchObject({ maxInFlight: 1_000, minServiceMs: 0 })
  },
  240_000,
)
