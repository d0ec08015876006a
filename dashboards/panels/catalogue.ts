// Which dashboards there are: their titles, and where each is found. Links are made from these, so that none leads nowhere.

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

export type DashboardId = keyof typeof dashboardTitles

/** Those whose variable `service` is a single one. */
export const ofOneService: readonly DashboardId[] = ['service', 'latency']

export function uidOf(id: DashboardId): string {
  return `faultline-${id}`
}

/**
 * A link to a dashboard, at the same time range.
 * @param variables by name; values may be expressions of Grafana such as `${__field.labels.service}`
 */
export function pathOf(id: DashboardId, variables: Record<string, string> = {}): string {
  const chosen = Object.entries(variables).map(([name, value]) => `&var-${name}=${value}`)
  return `/d/${uidOf(id)}?\${__url_time_range}${chosen.join('')}`
}
