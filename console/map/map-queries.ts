// What the map asks Prometheus, each time it looks. Windows are short, so that the effect of a fault is seen within seconds.
import type { InstantVector } from '../prometheus/answers.ts'
import { queryInstant } from '../prometheus/client.ts'

/** Long enough for two scrapes of 5 s, short enough to feel live. */
const WINDOW = '12s'

const client = 'http_client_request_duration_seconds'
const server = 'http_server_request_duration_seconds'
const database = 'db_client_operation_duration_seconds'

function p95(histogram: string, labels: string): string {
  return `histogram_quantile(0.95, sum by (le, ${labels}) (rate(${histogram}_bucket[${WINDOW}])))`
}

export const mapQueries = {
  linkRate: `sum by (instance, callee, callee_instance) (rate(${client}_count[${WINDOW}]))`,
  linkErrors: `sum by (instance, callee, callee_instance) (rate(${client}_count{outcome!~"ok|client_error|cancelled"}[${WINDOW}]))`,
  linkP95: p95(client, 'instance, callee_instance'),
  nodeRate: `sum by (instance) (rate(${server}_count[${WINDOW}]))`,
  nodeErrors: `sum by (instance) (rate(${server}_count{http_response_status_code=~"5.."}[${WINDOW}]))`,
  nodeP95: p95(server, 'instance'),
  busy: 'nodejs_eventloop_utilization_ratio',
  callees: 'sum by (instance, callee, state) (faultline_endpoints)',
  breakers: 'faultline_breaker_state == 1',
  pools: 'max by (instance, db_client_connection_pool_name) (db_client_connection_max)',
  databaseRate: `sum by (instance, db_client_connection_pool_name) (rate(${database}_count[${WINDOW}]))`,
  databaseErrors: `sum by (instance, db_client_connection_pool_name) (rate(${database}_count{error_type!=""}[${WINDOW}]))`,
  // Who gets no connection fails no statement: none gets as far.
  databaseRefused: `sum by (instance, db_client_connection_pool_name) (rate(db_client_connection_wait_time_seconds_count{error_type!=""}[${WINDOW}]))`,
  databaseP95: p95(database, 'instance, db_client_connection_pool_name'),
  ledgerRoles: 'faultline_ledger_role == 1',
  lag: 'max by (region) (faultline_replication_lag_seconds)',
  queueWaiting: 'sum(max by (queue) (faultline_queue_messages))',
  queueOldest: 'max(faultline_queue_oldest_age_seconds)',
  queueDead: 'sum(max by (queue) (faultline_queue_dead_letters))',
  queueDelivered: `sum by (instance) (rate(faultline_queue_delivered_total[${WINDOW}]))`,
  orders: `sum by (instance) (rate(shop_orders_total{outcome="accepted"}[${WINDOW}]))`,
} as const

export type MapSamples = { readonly [name in keyof typeof mapQueries]: InstantVector }

/** All at the same moment. A single query that fails rejects: half a map would be misread. */
export async function loadSamples(signal: AbortSignal): Promise<MapSamples> {
  const atMs = Date.now()
  const entries = await Promise.all(
    Object.entries(mapQueries).map(
      async ([name, query]) => [name, (await queryInstant(query, signal, atMs)).data] as const,
    ),
  )
  // Built from the same keys.
  return Object.fromEntries(entries) as MapSamples
}

export const noSamples: MapSamples = Object.fromEntries(
  Object.keys(mapQueries).map((name) => [name, []]),
) as unknown as MapSamples
