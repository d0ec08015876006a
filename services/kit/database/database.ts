// A service's database: pooled queries and transactions on the primary, reads on the region's replica, both cut by the request's deadline.
// It waits a little for a server that is restarting, and never repeats a statement that may have been carried out.
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import pg from 'pg'
import type { Logger } from '../../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { PoolFaults } from '../faults/pool-faults.ts'
import type { StatementFate } from '../faults/statement-faults.ts'
import { withFate } from '../faults/statement-on-wire.ts'
import { currentScope, remainingMs } from '../http/deadline.ts'
import { HttpError } from '../http/errors.ts'
import { defaultLivePolicy, type LivePolicy } from '../policies/kind-policy.ts'
import { createDatabaseMeter, type DatabaseMeter, type PoolName } from './database-meter.ts'
import { databaseUnavailable, isCancelled, isDatabaseGone } from './failures.ts'
import { createServerRoles, type StatusQuery, statusSql } from './server-roles.ts'

export type Queryable = {
  /** Runs one statement and returns its rows. Values go as parameters, never into the text: the text is on the span. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
}

export type Database = Queryable & {
  /** Runs `work` in one transaction on the primary; what it throws rolls back. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>
  /**
   * Where to read from: the region's replica, or the primary when there is none, when it does not answer, or when it has not
   * replayed the log up to `readAfter` yet (read your writes).
   */
  reader(readAfter?: string): Promise<Queryable>
  /** The primary's log position; what was committed before is at or below it. */
  position(): Promise<string>
  /** Throws when the primary does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type DatabaseOptions = {
  primaryUrl: string
  replicaUrl?: string | undefined
  /** Connections a pool. */
  poolSize?: number
  /** Opens the TCP connections, with the delays between regions; plain sockets when omitted. */
  streams?: { primary?: () => Socket; replica?: () => Socket }
  /** Port of the server that takes writes, once that is another than the URL's. */
  primaryPort?: () => number | undefined
  /** Injection point: what becomes of a statement for a server before it has it; undefined for nothing. */
  fateOf?: (text: string, pool: PoolName) => StatementFate | undefined
  /** Injection point: who else takes connections, and how long one is kept after its use. */
  connections?: Pick<PoolFaults, 'watch' | 'afterUse'>
  /** Where reads go, and how long a connection is waited for; the defaults when omitted. */
  policy?: LivePolicy
  metrics?: Metrics
  log: Logger
}

/** How long the server has to hear that a statement is not wanted any more. */
const CANCEL_MS = 2_000
/** A replica that is behind by so much is worth a word on the span of who reads it. */
const STALE_S = 1
/** How long a replica that failed is left alone. */
const REPLICA_PAUSE_MS = 1_000

export function createDatabase(options: DatabaseOptions): Database {
  const primary = connectTo('primary', options.primaryUrl, options)
  const replica = options.replicaUrl ? connectTo('replica', options.replicaUrl, options) : undefined
  const roles = createServerRoles(
    options.metrics ?? noMetrics,
    () => askStatus(primary),
    replica && (() => askStatus(replica, 0)),
  )
  const { policy = defaultLivePolicy } = options
  let replicaPausedUntilMs = 0

  const onPrimary: Queryable = {
    query: (text, values) => withClient(primary, (client, doomed) => run(primary, client, doomed, text, values)),
  }
  const onReplica: Queryable | undefined = replica && {
    query: async (text, values) => {
      try {
        return await withClient(replica, (client, doomed) => run(replica, client, doomed, text, values), 0)
      } catch (error) {
        if (!isUnavailable(error)) throw error
        replica.meter.passedOver('unavailable')
        replicaPausedUntilMs = performance.now() + REPLICA_PAUSE_MS
        options.log.warn('the replica does not answer; reading from the primary')
        return onPrimary.query(text, values)
      }
    },
  }

  return {
    query: onPrimary.query,
    transaction: (work) => withClient(primary, (client, doomed) => transact(primary, client, doomed, work)),
    async reader(readAfter) {
      if (!onReplica) return onPrimary
      const { readFromPrimary, readYourWrites } = policy()
      if (readFromPrimary) {
        replica?.meter.passedOver('policy')
        return onPrimary
      }
      if (performance.now() < replicaPausedUntilMs) {
        replica?.meter.passedOver('unavailable')
        return onPrimary
      }
      const lagS = roles.replicaLagS() ?? 0
      if (lagS >= STALE_S) trace.getActiveSpan()?.setAttribute('faultline.read.lag_s', lagS)
      if (readAfter === undefined || !readYourWrites) return onReplica
      const [row] = await onReplica.query<{ caught_up: boolean | null }>(
        'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS caught_up',
        [readAfter],
      )
      if (row?.caught_up) return onReplica
      replica?.meter.passedOver('behind')
      return onPrimary
    },
    async position() {
      const [row] = await onPrimary.query<{ position: string }>('SELECT pg_current_wal_lsn()::text AS position')
      return row?.position ?? '0/0'
    },
    ping: () => roles.check(),
    async close() {
      const pools = [primary, replica].flatMap((server) => (server ? [server.pool, server.cancellations] : []))
      await Promise.all(pools.map((pool) => pool.end()))
    },
  }
}

/** A server as its clients use it; cancellations have a connection of their own, for they are needed when all others are busy. */
type Server = {
  pool: pg.Pool
  cancellations: pg.Pool
  meter: DatabaseMeter
  policy: LivePolicy
  fateOf: (text: string) => StatementFate | undefined
  afterUse: (release: () => void) => void
  /** Has new connections go where the server is now. */
  follow: () => void
}

function connectTo(name: PoolName, url: string, options: DatabaseOptions): Server {
  const { poolSize = 6, metrics = noMetrics } = options
  const stream = options.streams?.[name]
  const pool = createPool(url, poolSize, stream)
  const cancellations = createPool(url, 1, stream)
  options.connections?.watch(pool)
  return {
    pool,
    cancellations,
    meter: createDatabaseMeter(metrics, name, pool),
    policy: options.policy ?? defaultLivePolicy,
    fateOf: (text) => options.fateOf?.(text, name),
    follow() {
      const port = name === 'primary' ? options.primaryPort?.() : undefined
      if (port === undefined) return
      // Read by a pool for each connection that it opens; those to a server that has lost its place have ended with it.
      const current = new URL(url)
      current.port = String(port)
      for (const each of [pool, cancellations]) each.options.connectionString = current.href
    },
    afterUse: (release) => (options.connections ? options.connections.afterUse(release) : release()),
  }
}

/** Past the meter: it is nobody's statement. */
function askStatus(server: Server, connectAttempts?: number): ReturnType<StatusQuery> {
  return withClient(server, async (client) => (await client.query(statusSql)).rows[0], connectAttempts)
}

function createPool(url: string, size: number, stream?: () => Socket): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: defaultLivePolicy().acquireTimeoutMs,
    keepAlive: true,
    ...(stream ? { stream } : {}),
  })
  // A connection that dies while idle or checked out also fails the statement that used it; that is where it is reported.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Connections whose state is unknown: their statement may still run, or a cancellation may still hit the next one. */
type Doomed = WeakSet<pg.PoolClient>

async function withClient<T>(
  server: Server,
  work: (client: pg.PoolClient, doomed: Doomed) => Promise<T>,
  connectAttempts = 6,
): Promise<T> {
  const client = await acquire(server, connectAttempts)
  const doomed: Doomed = new WeakSet()
  let failure: unknown
  try {
    return await work(client, doomed)
  } catch (error) {
    failure = error
    throw isDatabaseGone(error) ? databaseUnavailable(error) : error
  } finally {
    server.afterUse(() => client.release(isDatabaseGone(failure) || doomed.has(client)))
  }
}

/** Nothing was sent yet, so a refused connection is tried again while the deadline allows: a primary restarts within a second. */
async function acquire({ pool, meter, policy, follow }: Server, attempts: number): Promise<pg.PoolClient> {
  throwIfEnded()
  const { acquireTimeoutMs } = policy()
  // Read by the pool for each connection that it is asked for.
  pool.options.connectionTimeoutMillis = acquireTimeoutMs
  const hasTime = () => performance.now() - startMs < acquireTimeoutMs && (remainingMs() ?? 1) > 0
  const again = handleWhen((error) => isDatabaseGone(error) && hasTime())
  const backoff = new ExponentialBackoff({ initialDelay: 40, maxDelay: 400 })
  const connect = retry(again, { maxAttempts: attempts, backoff })
  const startMs = performance.now()
  const client = await connect
    .execute(() => {
      follow()
      return pool.connect()
    })
    .catch((error: unknown) => {
      meter.waited(performance.now() - startMs, error)
      throw isDatabaseGone(error) ? databaseUnavailable(error) : error
    })
  meter.waited(performance.now() - startMs, undefined)
  try {
    throwIfEnded()
  } catch (error) {
    client.release()
    throw error
  }
  return client
}

/** One statement; when the request ends first, the server is told to stop working on it, and the connection is not reused before it has. */
async function run<Row extends pg.QueryResultRow>(
  server: Server,
  client: pg.PoolClient,
  doomed: Doomed,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  throwIfEnded()
  const signal = currentScope()?.signal
  let cancelling: Promise<void> | undefined
  const cancel = () => {
    cancelling = cancelStatement(server, client).catch(() => {
      // A server that does not even hear this hangs: give the connection up, or it would be lost to the pool.
      doomed.add(client)
      hangUp(client)
    })
  }
  signal?.addEventListener('abort', cancel, { once: true })
  const startMs = performance.now()
  let failure: unknown
  try {
    const fate = server.fateOf(text)
    const query = () => client.query<Row>(text, values)
    const { rows } = await (fate ? withFate(client, fate, query) : query())
    return fate?.perRow && rows.length > 1 ? await oneByOne(server, client, text, values, rows) : rows
  } catch (error) {
    failure = error
    throw isCancelled(error) || cancelling ? requestEnded(error) : error
  } finally {
    server.meter.statement(text, performance.now() - startMs, failure)
    signal?.removeEventListener('abort', cancel)
    await cancelling
  }
}

/** Asks for each row again on its own; those that have no id stay as they are. */
async function oneByOne<Row extends pg.QueryResultRow>(
  server: Server,
  client: pg.PoolClient,
  text: string,
  values: readonly unknown[],
  rows: readonly Row[],
): Promise<Row[]> {
  const single = `SELECT one.* FROM (${text}) AS one WHERE one.id = $${values.length + 1}`
  const found: Row[] = []
  for (const row of rows) {
    if (row.id === undefined || currentScope()?.signal.aborted) {
      found.push(row)
      continue
    }
    const startMs = performance.now()
    const again = await client.query<Row>(single, [...values, row.id])
    server.meter.statement(single, performance.now() - startMs, undefined)
    found.push(...again.rows)
  }
  return found
}

async function cancelStatement({ cancellations }: Server, client: pg.PoolClient): Promise<void> {
  const processId = 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined
  const cancelled = cancellations.query('SELECT pg_cancel_backend($1)', [processId])
  await Promise.race([cancelled, delay(CANCEL_MS).then(() => Promise.reject(new Error('the server does not answer')))])
}

function hangUp(client: pg.PoolClient): void {
  // pg documents no other way to end a connection without waiting for its server.
  const { connection } = client as unknown as { connection?: { stream?: Socket } }
  connection?.stream?.destroy()
}

async function transact<T>(
  server: Server,
  client: pg.PoolClient,
  doomed: Doomed,
  work: (transaction: Queryable) => Promise<T>,
): Promise<T> {
  await run(server, client, doomed, 'BEGIN')
  try {
    const result = await work({ query: (text, values) => run(server, client, doomed, text, values) })
    await run(server, client, doomed, 'COMMIT')
    return result
  } catch (error) {
    // Not through run(): an ended request must roll back all the same. Without a roll-back the connection is of no use.
    await client.query('ROLLBACK').catch(() => doomed.add(client))
    throw error
  }
}

function throwIfEnded(): void {
  const signal = currentScope()?.signal
  if (signal?.aborted) throw requestEnded(signal.reason)
}

function requestEnded(cause: unknown): HttpError {
  return new HttpError(504, 'deadline_exceeded', 'the request ended before its database work did', { cause })
}

function isUnavailable(error: unknown): boolean {
  return isDatabaseGone(error) || (error instanceof HttpError && error.code === 'database_unavailable')
}
