// Every dashboard, as JSON text: what is committed, what Grafana is provisioned with.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { data } from './data.ts'
import { failures } from './failures.ts'
import { latency } from './latency.ts'
import { objectives } from './objectives.ts'
import type { DashboardId } from './panels/catalogue.ts'
import { resources } from './resources.ts'
import { service } from './service.ts'
import { shop } from './shop.ts'
import { telemetry } from './telemetry.ts'
import { tracing } from './tracing.ts'

export const dashboards = {
  shop,
  tracing,
  service,
  latency,
  failures,
  resources,
  data,
  objectives,
  telemetry,
} satisfies Record<DashboardId, Dashboard>

/** Names of the files and their contents. The same code always gives the same text. */
export function dashboardFiles(): { name: string; text: string }[] {
  return Object.entries(dashboards).map(([id, dashboard]) => ({
    name: `${id}.json`,
    text: `${JSON.stringify(dashboard, null, 2)}\n`,
  }))
}
