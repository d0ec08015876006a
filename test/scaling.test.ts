// Replicas come, go and are replaced while customers of all regions shop: none of them may notice, whatever they were just doing.
// The full size, because requests that are on their way to another region are the ones that are easily lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { type SteadyTraffic, startSteadyTraffic } from './steady-traffic.ts'
import { searchTraces } from './traces.ts'
import { until } from './until.ts'

let running: RunningCluster
let traffic: SteadyTraffic

beforeAll(async () => {
  running = await startTestCluster({ size: 'full' })
  traffic = startSteadyTraffic(running.cluster.urls.shop, 6)
  await someTraffic()
})

afterAll(async () => {
  await traffic?.stop()
  await running?.stop()
})

/** Waits until more has been asked for, of every method. */
async function someTraffic(): Promise<void> {
  const before = { ...traffic.answered }
  const more = (method: string) => (traffic.answered[method] ?? 0) - (before[method] ?? 0)
  await until('traffic', () => ['GET', 'PUT', 'POST'].every((method) => more(method) >= 10), 20_000)
}

async function nodesOf(kind: string): Promise<string[]> {
  const processes = await running.cluster.supervision.processes()
  return processes.filter((process) => process.kind === kind).map(({ id }) => id)
}

test.each([
  ['orders', 4, ['orders-3', 'orders-4']],
  ['users', 2, ['users-2']],
  ['gateway', 2, ['gateway-na-2', 'gateway-eu-2', 'gateway-asia-2']],
  ['products', 2, ['products-na-2', 'products-eu-2', 'products-asia-2']],
] as const)(
  '%s grow to %i, and the new ones take their part',
  async (kind, replicas, nodes) => {
    expect(await running.cluster.supervision.scale(kind, replicas)).toEqual({ added: nodes, removed: [] })
    await until(
      `requests at ${nodes}`,
      async () => {
        const found = await searchTraces(running.cluster.urls.jaeger, { service: kind, limit: '100' })
        const served = new Set(
          found.flatMap(({ spans }) => spans.filter((span) => span.kind === 'server')).map(({ node }) => node),
        )
        return nodes.every((node) => served.has(node))
      },
      40_000,
    )
    expect(traffic.failures.splice(0)).toEqual([])
  },
  60_000,
)

test.each(['orders-1', 'payments-1', 'users-1', 'gateway-eu', 'products-asia'])('%s is restarted', async (id) => {
  await running.cluster.supervision.restart(id)
  await someTraffic()
  expect(traffic.failures.splice(0)).toEqual([])
})

test.each([
  ['products', 1, ['products-asia', 'products-eu', 'products-na']],
  ['gateway', 1, ['gateway-asia', 'gateway-eu', 'gateway-na']],
  ['users', 1, ['users-1']],
  ['orders', 2, ['orders-1', 'orders-2']],
] as const)('%s shrink to %i', async (kind, replicas, remaining) => {
  await running.cluster.supervision.scale(kind, replicas)
  await someTraffic()
  expect((await nodesOf(kind)).sort()).toEqual(remaining)
  expect(traffic.failures.splice(0)).toEqual([])
})
