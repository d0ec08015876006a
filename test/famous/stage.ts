// What an experiment is made with: a running cluster over its public APIs, its databases to count in, and a notebook for figures.
// It knows no fault, and no test runner: the same experiments run from the command line.
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createControlCaller } from '../../cluster/cli/control-caller.ts'
import { controlApi } from '../../cluster/control-plane/contract.ts'
import type { PolicyChange } from '../../cluster/control-plane/policies/policy-contract.ts'
import type { Cluster } from '../../cluster/supervisor/cluster.ts'
import type { DatabaseName, DatabaseRole } from '../../cluster/topology/kinds.ts'
import type { Injection } from '../../faults/fault.ts'
import { type ClientOf, createClient } from '../../services/kit/http/client.ts'
import { type Customer, createCustomer } from '../customer.ts'
import { scrapeOf, seriesOf } from '../scrape.ts'

const LOOK_EVERY_MS = 100
/** Longer than any experiment; each clears its faults itself. */
const FOR_S = 600

export type Figure = { what: string; value: string }

export type Stage = {
  control: ClientOf<typeof controlApi>
  cluster: Cluster
  /** What was measured, in order. */
  figures: readonly Figure[]
  note(what: string, value: string): void
  /** Throws what was expected, and what there was instead. */
  expect(what: string, holds: boolean, found?: unknown): void
  /** Waits for the first truthy value and tells how many seconds that took. Throws after `timeoutMs`, naming what was waited for. */
  until(what: string, look: () => boolean | Promise<boolean>, timeoutMs?: number): Promise<number>
  /** `seconds` long, again and again. */
  throughout(seconds: number, check: () => void | Promise<void>): Promise<void>
  /** Value of the first series; NaN when there is none. */
  value(promql: string): Promise<number>
  /** Sum of a metric's series that have these labels, as the node itself says now. */
  told(node: string, metric: string, labels?: Record<string, string>): Promise<number>
  /** Names of the alerts that fire. */
  firing(): Promise<string[]>
  /** Resolves to the id of the injection when all targets have it. */
  inject(fault: string, injection?: Injection): Promise<string>
  setPolicies(...changes: PolicyChange[]): Promise<void>
  /** `http://host:port` of a node. */
  urlOf(node: string): Promise<string>
  /** Signed up. */
  customer(region?: 'na' | 'eu' | 'asia'): Promise<Customer>
  /** The column `n` of the first row of a query. */
  count(role: DatabaseRole, database: DatabaseName, sql: string, values?: unknown[]): Promise<number>
}

export function createStage(cluster: Cluster): Stage {
  const control = createClient(controlApi, createControlCaller(cluster.urls.control, cluster.token))
  const figures: Figure[] = []
  const prometheus = async (path: string) => {
    const response = await fetch(`${cluster.urls.prometheus}/api/v1/${path}`, { signal: AbortSignal.timeout(20_000) })
    return response.json() as Promise<unknown>
  }
  const urlOf = async (node: string) => {
    const { nodes } = await control.getStatus({})
    return `http://${nodes.find(({ id }) => id === node)?.address}`
  }
  return {
    control,
    cluster,
    urlOf,
    figures,
    note: (what, value) => void figures.push({ what, value }),
    expect(what, holds, found) {
      if (!holds) throw new Error(`expected ${what}${found === undefined ? '' : `; found ${JSON.stringify(found)}`}`)
    },
    async until(what, look, timeoutMs = 30_000) {
      const startMs = performance.now()
      while (!(await look())) {
        if (performance.now() - startMs > timeoutMs)
          throw new Error(`waited ${timeoutMs / 1_000} s in vain for ${what}`)
        await delay(LOOK_EVERY_MS)
      }
      return (performance.now() - startMs) / 1_000
    },
    async throughout(seconds, check) {
      const endMs = performance.now() + seconds * 1_000
      while (performance.now() < endMs) {
        await check()
        await delay(5 * LOOK_EVERY_MS)
      }
    },
    async value(promql) {
      const answer = (await prometheus(`query?query=${encodeURIComponent(promql)}`)) as {
        data: { result: { value: [number, string] }[] }
      }
      return Number(answer.data.result[0]?.value[1] ?? Number.NaN)
    },
    async told(node, metric, labels = {}) {
      const has = (series: Record<string, string>) =>
        Object.entries(labels).every(([name, value]) => series[name] === value)
      return seriesOf(await scrapeOf(await urlOf(node)), metric)
        .filter((series) => has(series.labels))
        .reduce((sum, { value }) => sum + value, 0)
    },
    async firing() {
      const { data } = (await prometheus('alerts')) as {
        data: { alerts: { labels: { alertname: string }; state: string }[] }
      }
      return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)
    },
    async inject(fault, { parameters = {}, ...where } = {}) {
      // Whoever writes an experiment gives values of the fault's own schema, which the control plane checks.
      const body = { fault, ...where, parameters: parameters as Record<string, string>, forS: FOR_S, secret: false }
      const { id, applied } = await control.injectFault({ body })
      if (!applied) throw new Error(`not every target of ${fault} has it after a second`)
      return id
    },
    async setPolicies(...changes) {
      await control.setPolicies({ body: { changes } })
    },
    async customer(region = 'na') {
      const customer = createCustomer(cluster.urls.shop, region)
      const { status } = await customer.signUp()
      if (status !== 201) throw new Error(`signing up was answered ${status}`)
      return customer
    },
    async count(role, database, sql, values = []) {
      const client = new pg.Client({ connectionString: cluster.databases.url(role, database) })
      await client.connect()
      try {
        const { rows } = await client.query<{ n: number }>(sql, values)
        return rows[0]?.n ?? 0
      } finally {
        await client.end()
      }
    },
  }
}
