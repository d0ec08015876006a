// The end of a soak: everything is mended, customers finish what they have begun, and the shop comes to rest. Each wait is bounded.
import { setTimeout as delay } from 'node:timers/promises'
import { createControlCaller } from '../../cluster/cli/control-caller.ts'
import { createPrometheus } from '../../cluster/cli/prometheus.ts'
import { controlApi } from '../../cluster/control-plane/contract.ts'
import type { Cluster } from '../../cluster/supervisor/cluster.ts'
import { fulfilmentApi } from '../../services/fulfilment/contract.ts'
import { type ClientOf, createClient } from '../../services/kit/http/client.ts'
import { openOrders } from '../invariants/settled-orders.ts'
import type { Books } from '../invariants/shop-books.ts'
import type { Watch } from './watch.ts'

const LOOK_EVERY_MS = 500
const READY_S = 60
/** So many orders show that the shop sells again. */
const SOLD_AGAIN = 3
const SELLS_S = 30
const CUSTOMERS_S = 15
const IN_FLIGHT_S = 20
const ORDERS_S = 90

export type Control = ClientOf<typeof controlApi>

export function controlOf({ urls, token }: Cluster): Control {
  return createClient(controlApi, createControlCaller(urls.control, token))
}

/** Ends all faults, puts all policies back. */
export async function mend(control: Control): Promise<void> {
  await control.clearFaults({})
  await control.resetPolicies({ query: {} })
}

/** Nodes and servers that are not ready, of those that customers need. */
export async function unready(control: Control): Promise<string[]> {
  const { nodes } = await control.getStatus({})
  return nodes.filter(({ ready }) => !ready).map(({ id }) => id)
}

/** Resolves to what is still not as it should be, a line each, when customers are gone and all orders have ended, or time is up. */
export async function settle(
  cluster: Cluster,
  { control, watch, books, since, load }: { control: Control; watch: Watch; books: Books; since: Date; load: number },
): Promise<string[]> {
  const problems: string[] = []
  if (!(await within(READY_S, async () => (await unready(control)).length === 0))) {
    problems.push(`not ready after ${READY_S} s: ${(await unready(control)).join(', ')}`)
  }
  await control.setLoad({ body: { requestsPerSecond: load } })
  const soldBefore = (await watch.report()).checkouts.accepted
  const sells = () => watch.report().then(({ checkouts }) => checkouts.accepted >= soldBefore + SOLD_AGAIN)
  if (!(await within(SELLS_S, sells))) problems.push(`after ${SELLS_S} s without faults nobody can buy again`)
  // Who was not answered asks again; for that the load has to go on.
  await within(CUSTOMERS_S, async () => (await watch.report()).checkouts.open === 0)
  await control.setLoad({ body: { requestsPerSecond: 0 } })
  await within(IN_FLIGHT_S, async () => (await watch.report()).inFlight === 0)
  const ended = await within(ORDERS_S, async () => {
    await redeliverAll(cluster)
    return (await openOrders(books, since)).length === 0 && (await deadLetters(cluster)).length === 0
  })
  if (!ended) {
    const open = await openOrders(books, since).catch(() => ['the database does not answer'])
    problems.push(`after ${ORDERS_S} s not all has ended: ${open.join(', ') || 'dead letters are left'}`)
  }
  return problems
}

/** As people do with messages that nobody could read while they were broken. */
async function redeliverAll(cluster: Cluster): Promise<void> {
  for (const messageId of await deadLetters(cluster)) {
    await askFulfilment(cluster, 'POST', fulfilmentApi.redeliver.path.replace(':messageId', messageId))
  }
}

async function deadLetters(cluster: Cluster): Promise<string[]> {
  const answer = await askFulfilment(cluster, 'GET', `${fulfilmentApi.listDeadLetters.path}?limit=200`)
  return fulfilmentApi.listDeadLetters.response.parse(answer).items.map(({ messageId }) => messageId)
}

async function askFulfilment({ supervision }: Cluster, method: string, path: string): Promise<unknown> {
  const address = (await supervision.processes()).find(({ kind }) => kind === 'fulfilment')?.address
  if (!address) throw new Error('fulfilment is not there')
  const response = await fetch(`http://${address}${path}`, { method, signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`fulfilment answered ${response.status}`)
  return response.json()
}

/** Alerts that fire though they look back no further than to the end of the faults. The others linger by design. */
export async function alertsAt(
  cluster: Cluster,
  memories: ReadonlyMap<string, number>,
  mendedAtMs: number,
): Promise<{ firing: string[]; lingering: string[] }> {
  const alerts = await createPrometheus(cluster.urls.prometheus).alerts()
  const names = [
    ...new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname'] ?? '')),
  ]
  // A scrape and an evaluation may lie between.
  const sinceS = (Date.now() - mendedAtMs) / 1_000 - EVALUATION_S
  const lingers = (name: string) => (memories.get(name) ?? 0) > sinceS
  return { firing: names.filter((name) => !lingers(name)).sort(), lingering: names.filter(lingers).sort() }
}

const EVALUATION_S = 5

/** Whether it came true within so many seconds; a look that fails is one that is not true yet. */
export async function within(seconds: number, look: () => Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + seconds * 1_000
  for (;;) {
    if (await look().catch(() => false)) return true
    if (performance.now() > endMs) return false
    await delay(LOOK_EVERY_MS)
  }
}
