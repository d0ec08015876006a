import { expect, test } from 'vitest'
import { buildMap } from './map-model.ts'
import { noSamples } from './map-queries.ts'
import { redQueriesOf } from './red-queries.ts'
import { cluster, sample } from './testing.ts'

const pool = (instance: string, name: string) => sample({ instance, db_client_connection_pool_name: name }, 5)
const { nodes, links } = buildMap(cluster, {
  ...noSamples,
  pools: [
    pool('orders-1', 'primary'),
    pool('orders-2', 'primary'),
    pool('edge-eu', 'replica'),
    pool('edge-na', 'replica'),
  ],
  queueWaiting: [sample({}, 0)],
})

function queries(id: string) {
  const node = nodes.find((each) => each.id === id)
  if (!node) throw new Error(`no ${id}`)
  return redQueriesOf(node, links)
}

test('a service tells of its own requests', () => {
  expect(queries('orders-1')?.errors).toBe(
    '(sum(rate(http_server_request_duration_seconds_count{instance="orders-1", http_response_status_code=~"5.."}[20s])) or vector(0))' +
      ' / sum(rate(http_server_request_duration_seconds_count{instance="orders-1"}[20s]))',
  )
})

test('of a database its clients tell, each by the pools that lead there', () => {
  expect(queries('postgres-eu')).toEqual({
    rate:
      'sum(rate(db_client_operation_duration_seconds_count{db_client_connection_pool_name="replica", instance=~"edge-eu"}[20s])' +
      ' or rate(db_client_connection_wait_time_seconds_count{db_client_connection_pool_name="replica", instance=~"edge-eu", error_type!=""}[20s]))',
    errors: expect.stringContaining('error_type!=""'),
    p95:
      'histogram_quantile(0.95, sum by (le) (' +
      'rate(db_client_operation_duration_seconds_bucket{db_client_connection_pool_name="replica", instance=~"edge-eu"}[20s])))',
  })
  // A region without a replica reads from its own server, through another pool than it writes by.
  const { p95 = '' } = queries('postgres-na') ?? {}
  expect(p95).toContain('{db_client_connection_pool_name="primary", instance=~"orders-1|orders-2"}')
  expect(p95).toContain('{db_client_connection_pool_name="replica", instance=~"edge-na"}')
})

test('the queue and customers answer nobody', () => {
  expect(queries('queue')).toBeUndefined()
  expect(queries('load-1')).toBeUndefined()
})
