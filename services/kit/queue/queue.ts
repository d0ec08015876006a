// The message queue: pg-boss on a PostgreSQL database. Publishing happens inside the caller's transaction (a transactional outbox:
// the message exists exactly when the transaction does). Delivery is at least once; consumers must be idempotent.
import { setTimeout as delay } from 'node:timers/promises'
import PgBoss from 'pg-boss'
import type { Logger } from '../../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { Database, Queryable } from '../database/database.ts'
import type { DeliveryFaults } from '../faults/delivery-faults.ts'
import { repeat } from '../repeat.ts'
import { type Backlog, createQueueMeter } from './queue-meter.ts'

const SCHEMA = 'queue'
/** Any number that nothing else on this database locks. */
const INSTALL_LOCK = 7_201_951

export type QueueOptions = {
  name: string
  deadLetterName: string
  /** Deliveries in all before a message becomes a dead letter. */
  maxDeliveries: number
}

export type Message = {
  id: string
  data: unknown
  /** How often it was delivered before. */
  redeliveries: number
}

export type Queue = {
  /** Installs the queue's tables where they are missing and lets `consumerRole` use them. */
  install(options: QueueOptions, consumerRole: string): Promise<void>
  /** Resolves once the tables are there. */
  waitUntilInstalled(queue: string): Promise<void>
  /** Adds a message within `transaction`. */
  publish(transaction: Queryable, queue: string, messageId: string, data: object): Promise<void>
  /** Up to `limit` messages, now held by this consumer for `LEASE_S` seconds. */
  fetch(queue: string, limit: number): Promise<Message[]>
  complete(queue: string, messageId: string): Promise<void>
  /** Gives a message back, to be delivered again later or to become a dead letter. */
  fail(queue: string, messageId: string, reason: string): Promise<void>
  deadLetters(queue: string, limit: number): Promise<{ items: DeadMessage[]; total: number }>
  /** Moves a dead letter back; false when there is none of this id. */
  redeliver(deadLetterQueue: string, queue: string, messageId: string): Promise<boolean>
  /** Has the backlog told in the metrics, read every few seconds; returns how to stop that. */
  observe(queue: string, deadLetterQueue: string): () => Promise<void>
  close(): Promise<void>
}

export type DeadMessage = { messageId: string; data: unknown; deadAt: Date }

/** A consumer that died holds its messages for so long before others get them. */
const LEASE_S = 15
const RETRY_DELAY_S = 1
/** Dead letters wait for people. */
const RETENTION_DAYS = 365
const OBSERVE_EVERY_MS = 2_000

/**
 * @param role `producer` only sends; `consumer` also runs pg-boss's upkeep: expired leases, old messages.
 * @param deliveries injection point: what becomes of messages on their way to this consumer
 */
export function createQueue(
  database: Database,
  role: 'producer' | 'consumer',
  log: Logger,
  metrics: Metrics = noMetrics,
  deliveries?: Pick<DeliveryFaults, 'beforeFetch' | 'deliver'>,
): Queue {
  const meter = createQueueMeter(metrics)
  const boss = new PgBoss({
    db: executor(database),
    schema: SCHEMA,
    migrate: role === 'producer',
    supervise: role === 'consumer',
    schedule: false,
    maintenanceIntervalSeconds: 5,
    monitorStateIntervalSeconds: 5,
    retentionDays: RETENTION_DAYS,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'queue upkeep failed; it goes on at the next turn'))
  let started: Promise<unknown> | undefined

  return {
    install: (options, consumerRole) =>
      // One producer at a time: two that install at once would trip over each other's half-made tables.
      database.transaction(async (transaction) => {
        await transaction.query('SELECT pg_advisory_xact_lock($1)', [INSTALL_LOCK])
        await boss.start()
        await createQueues(boss, options)
        await database.query(`GRANT USAGE ON SCHEMA ${SCHEMA} TO ${consumerRole}`)
        await database.query(
          `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${consumerRole}`,
        )
      }),
    async waitUntilInstalled(queue) {
      for (;;) {
        const found = await isInstalled(database, queue)
        if (found) break
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      started ??= boss.start()
      await started
    },
    async publish(transaction, queue, messageId, data) {
      await boss.send(queue, data, { id: messageId, db: executor(transaction) })
      meter.sent(queue)
    },
    async fetch(queue, limit) {
      const before = deliveries?.beforeFetch(queue, limit)
      if (before) await delay(before.delayMs)
      const jobs = await boss.fetch(queue, { batchSize: before?.limit ?? limit, includeMetadata: true })
      const fetched = jobs.map((job) => ({ id: job.id, data: job.data as unknown, redeliveries: job.retryCount }))
      const messages = deliveries ? deliveries.deliver(queue, fetched) : fetched
      meter.fetched(queue, messages)
      return messages
    },
    complete(queue, messageId) {
      meter.settled(queue, messageId, false)
      return boss.complete(queue, messageId)
    },
    fail(queue, messageId, reason) {
      meter.settled(queue, messageId, true)
      return boss.fail(queue, messageId, { reason: reason.slice(0, 500) })
    },
    async deadLetters(queue, limit) {
      const items = await database.query<{ messageId: string; data: unknown; deadAt: Date }>(
        `SELECT id AS "messageId", data, created_on AS "deadAt" FROM ${SCHEMA}.job
         WHERE name = $1 AND state = 'created' ORDER BY created_on LIMIT $2`,
        [queue, limit],
      )
      const [count] = await database.query<{ total: number }>(
        `SELECT count(*)::int AS total FROM ${SCHEMA}.job WHERE name = $1 AND state = 'created'`,
        [queue],
      )
      return { items, total: count?.total ?? 0 }
    },
    redeliver: (deadLetterQueue, queue, messageId) =>
      database.transaction(async (transaction) => {
        const [dead] = await transaction.query<{ data: object }>(
          `DELETE FROM ${SCHEMA}.job WHERE name = $1 AND id = $2 AND state = 'created' RETURNING data`,
          [deadLetterQueue, messageId],
        )
        if (!dead) return false
        await boss.send(queue, dead.data, { db: executor(transaction) })
        return true
      }),
    observe: (queue, deadLetterQueue) =>
      repeat(
        'observe the queue',
        OBSERVE_EVERY_MS,
        async () => meter.backlog(queue, await readBacklog(database, queue, deadLetterQueue)),
        log,
      ),
    close: () => boss.stop({ graceful: false, wait: false }),
  }
}

async function createQueues(boss: PgBoss, { name, deadLetterName, maxDeliveries }: QueueOptions): Promise<void> {
  await boss.createQueue(deadLetterName, { name: deadLetterName, retentionDays: RETENTION_DAYS })
  const retry = { retryLimit: maxDeliveries - 1, retryDelay: RETRY_DELAY_S, retryBackoff: true }
  const queue = { name, deadLetter: deadLetterName, expireInSeconds: LEASE_S, ...retry }
  await boss.createQueue(name, queue)
  await boss.updateQueue(name, queue)
}

function executor(database: Queryable): PgBoss.Db {
  return { executeSql: async (text, values) => ({ rows: await database.query(text, values) }) }
}

/** `state < 'active'` is the condition of pg-boss's own index: what waits is found without reading what is done. */
async function readBacklog(database: Database, queue: string, deadLetterQueue: string): Promise<Backlog> {
  const rows = await database.query<{ name: string; waiting: number; oldestS: number }>(
    `SELECT name, count(*)::int AS waiting, extract(epoch FROM (now() - min(created_on)))::float8 AS "oldestS"
     FROM ${SCHEMA}.job WHERE name = ANY($1) AND state < 'active' GROUP BY name`,
    [[queue, deadLetterQueue]],
  )
  const { waiting = 0, oldestS = 0 } = rows.find(({ name }) => name === queue) ?? {}
  return { waiting, oldestS, deadLetters: rows.find(({ name }) => name === deadLetterQueue)?.waiting ?? 0 }
}

async function isInstalled(database: Database, queue: string): Promise<boolean> {
  const rows = await database
    .query<{ name: string }>(`SELECT name FROM ${SCHEMA}.queue WHERE name = $1`, [queue])
    // The schema may be missing, or not granted yet, while the producer installs it.
    .catch(() => [])
  return rows.length > 0
}
