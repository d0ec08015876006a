// Which dashboards there are, and how their JSON is loaded: the very files that Grafana is provisioned with, each when it is looked at.
import type { DashboardJson } from './dashboard-json.ts'

/** By the names of their files. A test holds that the files are these, with these uids and titles. */
export const dashboardTitles = {
  shop: 'The shop at a glance',
  tracing: 'Tracing across nodes',
  service: 'A service',
  latency: 'Latency',
  failures: 'Failure effects',
  resources: 'Resources',
  data: 'Data and replication',
  objectives: 'Service levels',
  telemetry: 'Telemetry itself',
} as const

export type DashboardName = keyof typeof dashboardTitles

export const dashboardNames = Object.keys(dashboardTitles) as DashboardName[]

const PREFIX = 'faultline-'

export function uidOf(name: DashboardName): string {
  return `${PREFIX}${name}`
}

/** Undefined for a uid that there is no dashboard of. */
export function nameOf(uid: string): DashboardName | undefined {
  return dashboardNames.find((name) => uidOf(name) === uid)
}

export async function loadDashboard(name: DashboardName): Promise<DashboardJson> {
  // Data, not code: it is bundled, so that nothing but the console's own files is needed.
  const module = (await import(`../../dashboards/json/${name}.json`)) as { default: DashboardJson }
  return module.default
}
