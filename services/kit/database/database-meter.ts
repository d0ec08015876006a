// Measures one database server as this node uses it: statements, the pool and the wait for its connections.
// Statements are named by what they do to which table, never by their text.
import { trace } from '@opentelemetry/api'
import type { Pool } from 'pg'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import { summarizeStatement } from '../../../otel/sdk/statement.ts'
import { isDatabaseGone, sqlState } from './failures.ts'

export type PoolName = 'primary' | 'replica'

export type DatabaseMeter = {
  /** A statement has ended; `failure` is what the client threw. */
  statement(text: string, durationMs: number, failure: unknown): void
  /** A connection was waited for. */
  waited(durationMs: number, failure: unknown): void
  /** A read that belonged here went to the primary. */
  passedOver(reason: 'unavailable' | 'behind' | 'policy'): void
}

/** From one that is free to the pool's limit of patience. */
const waitBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5]
/** As the conventions have them. https://opentelemetry.io/docs/specs/semconv/db/database-metrics/ */
const statementBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
/** Statements whose summaries are kept; their texts are constants of this project, of which each node has a few dozen. */
const MAX_SUMMARIES = 300

/** @param name of the pool */
export function createDatabaseMeter(metrics: Metrics, name: PoolName, pool: Pool): DatabaseMeter {
  if (metrics === noMetrics) return { statement() {}, waited() {}, passedOver() {} }
  const duration = metrics.histogram({
    name: 'db_client_operation_duration_seconds',
    help: 'Statements, as the client sees them',
    labels: ['db_client_connection_pool_name', 'db_operation_name', 'db_collection_name', 'error_type'],
    buckets: statementBuckets,
  })
  const wait = metrics.histogram({
    name: 'db_client_connection_wait_time_seconds',
    help: 'Wait for a connection of the pool, a new one being opened included',
    labels: ['db_client_connection_pool_name', 'error_type'],
    buckets: waitBuckets,
  })
  const fallbacks = metrics.counter({
    name: 'faultline_database_replica_fallbacks_total',
    help: 'Reads that went to the primary instead of this replica',
    labels: ['reason'],
  })
  observePool(metrics, name, pool)
  const summaries = new Map<string, { operation: string; table?: string }>()
  const summaryOf = (text: string) => {
    const known = summaries.get(text)
    if (known) return known
    const summary = summarizeStatement(text)
    if (summaries.size < MAX_SUMMARIES) summaries.set(text, summary)
    return summary
  }
  return {
    statement(text, durationMs, failure) {
      const { operation, table } = summaryOf(text)
      const labels = {
        db_client_connection_pool_name: name,
        db_operation_name: operation,
        db_collection_name: table,
        error_type: errorTypeOf(failure),
      }
      duration.record(durationMs / 1_000, labels, trace.getActiveSpan()?.spanContext())
    },
    waited(durationMs, failure) {
      wait.record(
        durationMs / 1_000,
        { db_client_connection_pool_name: name, error_type: errorTypeOf(failure) },
        trace.getActiveSpan()?.spanContext(),
      )
    },
    passedOver: (reason) => fallbacks.add({ reason }),
  }
}

/** A code of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html) or of the socket, else a word of ours. */
function errorTypeOf(failure: unknown): string | undefined {
  if (failure === undefined) return undefined
  const code = sqlState(failure)
  if (code) return code
  if (failure instanceof Error && failure.message.startsWith('timeout exceeded')) return 'timeout'
  return isDatabaseGone(failure) ? 'connection_lost' : 'other'
}

function observePool(metrics: Metrics, name: PoolName, pool: Pool): void {
  const label = 'db_client_connection_pool_name'
  metrics.observeGauge(
    { name: 'db_client_connection_count', help: 'Connections', labels: [label, 'db_client_connection_state'] },
    () => [
      [{ [label]: name, db_client_connection_state: 'idle' }, pool.idleCount],
      [{ [label]: name, db_client_connection_state: 'used' }, pool.totalCount - pool.idleCount],
    ],
  )
  metrics.observeGauge({ name: 'db_client_connection_max', help: 'Most connections', labels: [label] }, () => [
    [{ [label]: name }, pool.options.max],
  ])
  metrics.observeGauge(
    { name: 'db_client_connection_pending_requests', help: 'Requests that wait for a connection', labels: [label] },
    () => [[{ [label]: name }, pool.waitingCount]],
  )
}
