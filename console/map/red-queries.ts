// Rate, errors and duration of one node over time, as PromQL. A database tells none of it: its clients do. Pure.
import type { MapLink, MapNode } from './map-model.ts'

const WINDOW = '20s'

/** Errors as a share, 0–1; p95 in seconds. */
export type RedQueries = { rate: string; errors: string; p95: string }

/** Undefined of what answers nobody, or is used by nobody that is known. */
export function redQueriesOf({ id, shape }: Pick<MapNode, 'id' | 'shape'>, links: readonly MapLink[]) {
  switch (shape) {
    case 'service':
      return requestQueries(id)
    case 'database':
      return statementQueries(links.filter(({ to }) => to === id))
    case 'queue':
    case 'customers':
      return undefined
  }
}

function requestQueries(id: string): RedQueries {
  const duration = (part: string, match = '') =>
    `rate(http_server_request_duration_seconds_${part}{instance="${id}"${match}}[${WINDOW}])`
  return redQueries({
    all: duration('count'),
    failed: duration('count', ', http_response_status_code=~"5.."'),
    buckets: duration('bucket'),
  })
}

/** Statements that go over these links, and those that were never begun, since there was no connection. */
export function statementQueries(links: readonly Pick<MapLink, 'from' | 'pools'>[]): RedQueries | undefined {
  const pools = [...new Set(links.flatMap(({ pools }) => pools))]
  const each = (metric: string, match = '') =>
    pools
      .map((pool) => {
        const callers = links.filter((link) => link.pools.includes(pool)).map(({ from }) => from)
        const own = `db_client_connection_pool_name=${JSON.stringify(pool)}, instance=~"${callers.join('|')}"`
        return `rate(${metric}{${own}${match}}[${WINDOW}])`
      })
      .join(' or ')
  if (pools.length === 0) return undefined
  const duration = 'db_client_operation_duration_seconds'
  const refused = each('db_client_connection_wait_time_seconds_count', ', error_type!=""')
  return redQueries({
    all: `${each(`${duration}_count`)} or ${refused}`,
    failed: `${each(`${duration}_count`, ', error_type!=""')} or ${refused}`,
    buckets: each(`${duration}_bucket`),
  })
}

function redQueries({ all, failed, buckets }: { all: string; failed: string; buckets: string }): RedQueries {
  return {
    rate: `sum(${all})`,
    errors: `(sum(${failed}) or vector(0)) / sum(${all})`,
    p95: `histogram_quantile(0.95, sum by (le) (${buckets}))`,
  }
}
