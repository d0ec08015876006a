// Faults on a real cluster of the small size: each is injected, seen in metrics and traces, cleared, and leaves nothing behind.
// `npm run faults:verify` does the same for all of them, and waits for their alerts.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findFault } from '../faults/catalogue.ts'
import { verifyFault } from '../faults/testing/contract.ts'
import { type Lab, openLab } from '../faults/testing/lab.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { until } from './until.ts'

let running: RunningCluster
let lab: Lab
beforeAll(async () => {
  running = await startTestCluster({ load: 25 })
  lab = openLab({ ...running.cluster.urls, token: running.cluster.token })
})
afterAll(() => running?.stop())
afterEach(() => lab.clearAll())

const value = async (promql: string) => {
  const response = await fetch(`${running.cluster.urls.prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  return Number(data.result[0]?.value[1] ?? Number.NaN)
}

describe('the contract of a fault', () => {
  // One of each way of acting: at the socket, on connections, on requests, on the process, in the server, on the clock.
  test.each(['latency', 'crash', 'freeze', 'disk-full'])(
    '%s shows within ten seconds, and clears',
    async (id) => {
      const fault = findFault(id)
      const injection = fault?.example.small
      if (!fault || !injection) throw new Error(`${id} has no example for this cluster`)
      expect((await verifyFault(lab, fault, injection, { alerts: false })).failures).toEqual([])
    },
    180_000,
  )
})

test('several compose, change while they are active, and all end together', async () => {
  const first = await lab.inject('latency', { from: 'gateway-na', to: 'products-na', parameters: { delayMs: 200 } }, 60)
  await lab.inject('latency', { from: 'products-na', to: 'gateway-na', parameters: { delayMs: 200 } }, 60)
  await lab.inject('clock-skew', { target: 'users-1', parameters: { offsetS: 30 } }, 60)
  const p50 =
    'histogram_quantile(0.5, sum by (le) (rate(http_client_request_duration_seconds_bucket{instance="gateway-na", callee="products"}[5s])))'
  await until('both delays together', async () => (await value(p50)) > 0.35, 30_000)
  await until('the clock', async () => (await value('faultline_clock_skew_seconds{instance="users-1"}')) > 25, 20_000)
  expect(await value('sum(faultline_fault_active)')).toBe(3)
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
  const sinceUs = String(Date.now() * 1_000)
  const response = await fetch(`${control}/v1/faults`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ fault: 'slow-replica', target: 'products-na', secret: true, forS: 30 }),
  })
  expect(response.status).toBe(201)
  const p50 =
    'histogram_quantile(0.5, sum by (le) (rate(http_server_request_duration_seconds_bucket{instance="products-na"}[5s])))'
  await until('its effect', async () => (await value(p50)) > 0.3, 30_000)
  const { nodes } = running.cluster.controlPlane.registry
    .all()
    .reduce<{ nodes: string[] }>(
      ({ nodes }, { host, port }) => ({ nodes: [...nodes, `http://${host}:${port}/metrics`] }),
      { nodes: [] },
    )
  for (const url of [...nodes, `${control}/metrics`])
    expect(await (await fetch(url)).text()).not.toMatch(/slow.replica|fault_active\{/)
  const traces = await fetch(
    `${jaeger}/api/traces?service=products&limit=200&start=${sinceUs}&end=${Date.now() * 1_000}`,
  )
  const spans = await traces.text()
  expect(spans).toContain('products-na')
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
