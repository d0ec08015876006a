// Faults on real clusters of the small size: a third of the catalogue each day, injected, seen in metrics and traces, cleared, and gone.
// Before that nothing is broken, and no signature may hold. `npm run faults:verify` does it for all of them, and waits for alerts.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterOptions } from '../cluster/supervisor/cluster.ts'
import { catalogue } from '../faults/catalogue.ts'
import type { Fault } from '../faults/fault.ts'
import { type Verdict, verifyFault } from '../faults/testing/contract.ts'
import { lookBack } from '../faults/testing/healthy.ts'
import { type Lab, openLab } from '../faults/testing/lab.ts'
import { readJourneys } from '../services/load/journeys.ts'
import { dayNumber } from './day.ts'
import { describe as describeAlarms } from './faults/healthy-run.ts'
import { shownBySmall, thirdOf } from './faults/rotation.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { buyers } from './soak/buyers.ts'
import { until } from './until.ts'

const third = thirdOf(shownBySmall(catalogue), dayNumber(process.env))
/** They come last, on one cluster alone: they take processors from the other one, or leave few customers behind for a while. */
const loud = ['cpu', 'event-loop-block', 'load-spike', 'noisy-neighbour', 'metastable']
/** After the start rates have nothing to look back on; then so long nothing may hold. */
const WARM_UP_S = 15
const HEALTHY_S = 20
/** What is shown by orders alone has ten seconds: at one or two orders a second chance does not leave it without any. */
const KEENNESS = 3

let folder: string
let options: Partial<ClusterOptions>
let running: RunningCluster
let lab: Lab
let second: RunningCluster | undefined
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-journeys-'))
  const journeysFile = join(folder, 'buyers.json')
  writeFileSync(journeysFile, JSON.stringify(buyers(readJourneys(undefined), KEENNESS)))
  options = { load: 25, journeysFile }
  running = await startTestCluster(options)
  lab = labOf(running)
})
afterAll(async () => {
  await Promise.all([running?.stop(), stopSecond()])
  rmSync(folder, { recursive: true, force: true })
})

/** As soon as nobody needs it, which leaves its processors to the first. */
async function stopSecond(): Promise<void> {
  const stopping = second
  second = undefined
  await stopping?.stop()
}

function labOf({ cluster }: RunningCluster): Lab {
  return openLab({ ...cluster.urls, token: cluster.token })
}

const value = async (promql: string) => {
  const response = await fetch(`${running.cluster.urls.prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  return Number(data.result[0]?.value[1] ?? Number.NaN)
}

test(`in ${HEALTHY_S} s without a fault none of ${catalogue.length} signatures holds`, async () => {
  await delay(WARM_UP_S * 1_000)
  const startS = Date.now() / 1_000
  await delay(HEALTHY_S * 1_000)
  expect(describeAlarms(await lookBack(lab, catalogue, startS, Date.now() / 1_000))).toBe('')
}, 90_000)

describe(`the contract of the day's faults: ${third.map(({ id }) => id).join(', ')}`, () => {
  const verdicts = new Map(third.map((fault) => [fault, withResolvers()]))
  beforeAll(async () => {
    second = await startTestCluster(options)
    // A cluster that has just been started takes processors from the one beside it.
    await delay(WARM_UP_S * 1_000)
    const quiet = third.filter(({ id }) => !loud.includes(id))
    const workOff = async (cluster: RunningCluster, faults: Fault[]) => {
      for (let fault = faults.shift(); fault; fault = faults.shift()) {
        const { resolve, reject } = verdicts.get(fault) ?? withResolvers()
        await hold(labOf(cluster), fault).then(resolve, reject)
      }
    }
    const beside = second
    const others = beside && workOff(beside, quiet).then(stopSecond)
    void Promise.allSettled([workOff(running, quiet), others]).then(() =>
      workOff(
        running,
        third.filter(({ id }) => loud.includes(id)),
      ),
    )
  })

  test.each(third.map((fault) => [fault.id, fault] as const))(
    '%s shows within ten seconds, and clears',
    async (_id, fault) => {
      expect((await verdicts.get(fault)?.promise)?.failures).toEqual([])
    },
    420_000,
  )
})

function withResolvers() {
  let resolve: (verdict: Verdict) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<Verdict>((onVerdict, onError) => {
    resolve = onVerdict
    reject = onError
  })
  // Whoever waits for it comes later.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

/** Ten seconds on a machine that others use, too, may be few: one that did not show is injected once more, and says so. */
async function hold(at: Lab, fault: Fault): Promise<Verdict> {
  const injection = fault.example.small
  if (!injection) throw new Error(`${fault.id} has no example for this cluster`)
  const verify = () => verifyFault(at, fault, injection, { alerts: false }).finally(() => at.clearAll())
  const first = await verify()
  if (first.failures.length === 0) return first
  console.warn(`${fault.id} once more: ${first.failures.join('; ')}`)
  return verify()
}

describe('beyond the contract', () => {
  afterEach(() => lab.clearAll())

  test('several compose, change while they are active, and all end together', async () => {
    const p50 =
      'histogram_quantile(0.5, sum by (le) (rate(http_client_request_duration_seconds_bucket{instance="gateway-na", callee="products"}[5s])))'
    await until('nothing of the test before', async () => (await value(p50)) < 0.1, 30_000)
    const first = await lab.inject(
      'latency',
      { from: 'gateway-na', to: 'products-na', parameters: { delayMs: 200 } },
      60,
    )
    await lab.inject('latency', { from: 'products-na', to: 'gateway-na', parameters: { delayMs: 200 } }, 60)
    await lab.inject('clock-skew', { target: 'users-1', parameters: { offsetS: 30 } }, 60)
    await until('both delays together', async () => (await value(p50)) > 0.35, 30_000)
    await until('the clock', async () => (await value('faultline_clock_skew_seconds{instance="users-1"}')) > 25, 20_000)
    await until('three faults', async () => (await value('sum(faultline_fault_active)')) === 3)
    await lab.clear(first)
    await until('one delay alone', async () => (await value(p50)) < 0.3, 30_000)
    await lab.clearAll()
    await until('no delay', async () => (await value(p50)) < 0.1, 30_000)
    await until(
      'the clock again',
      async () => Math.abs(await value('faultline_clock_skew_seconds{instance="users-1"}')) < 0.5,
      20_000,
    )
  })

  test('a link between a node and its database is a link like others', async () => {
    const p90 =
      'histogram_quantile(0.9, sum by (le) (rate(db_client_operation_duration_seconds_bucket{instance="products-na"}[5s])))'
    await until('statements', async () => (await value(p90)) < 0.2, 30_000)
    await lab.inject('latency', { from: 'products-na', to: 'postgres-na', parameters: { delayMs: 300 } }, 60)
    await until('slow statements', async () => (await value(p90)) > 0.25, 30_000)
    await lab.clearAll()
    await until('quick statements', async () => (await value(p90)) < 0.2, 30_000)
  })

  test('a secret fault leaves no name in metrics, spans, logs or annotations', async () => {
    const { control, token, jaeger } = { ...running.cluster.urls, token: running.cluster.token }
    const p50 =
      'histogram_quantile(0.5, sum by (le) (rate(http_server_request_duration_seconds_bucket{instance="products-na"}[5s])))'
    await until('nothing of the test before', async () => (await value(p50)) < 0.2, 30_000)
    const sinceUs = String(Date.now() * 1_000)
    const response = await fetch(`${control}/v1/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fault: 'slow-replica', target: 'products-na', secret: true, forS: 30 }),
    })
    expect(response.status).toBe(201)
    await until('its effect', async () => (await value(p50)) > 0.3, 30_000)
    const { nodes } = running.cluster.controlPlane.registry
      .all()
      .reduce<{ nodes: string[] }>(
        ({ nodes }, { host, port }) => ({ nodes: [...nodes, `http://${host}:${port}/metrics`] }),
        { nodes: [] },
      )
    for (const url of [...nodes, `${control}/metrics`])
      expect(await (await fetch(url)).text()).not.toMatch(/slow.replica|fault_active\{/)
    const spans = await until('spans of it', async () => {
      const search = `service=products&limit=200&minDuration=300ms&start=${sinceUs}&end=${Date.now() * 1_000}`
      const text = await (await fetch(`${jaeger}/api/traces?${search}`)).text()
      return text.includes('products-na') ? text : undefined
    })
    // Whole texts would drown what went wrong.
    expect(/slow.replica|injected/.test(spans)).toBe(false)
    const logs = join(running.dataDir, 'logs')
    for (const name of readdirSync(logs)) {
      expect(/slow.replica|injected/.test(readFileSync(join(logs, name), 'utf8')), name).toBe(false)
    }
    const annotations = await fetch(`${control}/v1/annotations`, { headers: { authorization: `Bearer ${token}` } })
    expect(await annotations.text()).not.toMatch(/slow.replica/)
    expect(running.cluster.controlPlane.faults.list()).toMatchObject([{ fault: 'slow-replica', secret: true }])
  })
})
