// Where reads go and how long a connection is waited for, by policy. The "replica" is the same server by another name.
import { afterEach, expect, test } from 'vitest'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { captureLog } from '../../../test/captured-log.ts'
import { withDatabase } from '../../../test/postgres.ts'
import { scrapeText, seriesValue } from '../../../test/scrape.ts'
import { defaultKindPolicy, type KindPolicy } from '../policies/kind-policy.ts'
import { createDatabase, type Database } from './database.ts'

const db = withDatabase('SELECT 1')
const opened: Database[] = []
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close()
})

function open(initial: Partial<KindPolicy> = {}) {
  let policy: KindPolicy = { ...defaultKindPolicy, ...initial }
  const metrics = createMetrics()
  const database = createDatabase({
    primaryUrl: `${db.url}?application_name=primary`,
    replicaUrl: `${db.url}?application_name=replica`,
    poolSize: 1,
    policy: () => policy,
    metrics,
    log: captureLog().log,
  })
  opened.push(database)
  return {
    database,
    set: (changes: Partial<KindPolicy>) => {
      policy = { ...policy, ...changes }
    },
    /** The server that a read goes to. */
    async readsFrom(readAfter?: string): Promise<string | undefined> {
      const reader = await database.reader(readAfter)
      return (await reader.query<{ name: string }>("SELECT current_setting('application_name') AS name"))[0]?.name
    },
    count: (reason: string) =>
      seriesValue(scrapeText(metrics), 'faultline_database_replica_fallbacks_total', {
        reason,
      }),
  }
}

test('reads go to the replica, or to the primary while that is wished', async () => {
  const { readsFrom, set, count } = open()
  expect(await readsFrom()).toBe('replica')
  set({ readFromPrimary: true })
  expect(await readsFrom()).toBe('primary')
  expect(await count('policy')).toBe(1)
  set({ readFromPrimary: false })
  expect(await readsFrom()).toBe('replica')
})

test('a read after a write waits for no replica, unless nobody minds', async () => {
  const { readsFrom, set, count } = open()
  // A server that replays nothing has never caught up.
  expect(await readsFrom('0/1')).toBe('primary')
  expect(await count('behind')).toBe(1)
  set({ readYourWrites: false })
  expect(await readsFrom('0/1')).toBe('replica')
})

test('who waits for a connection gives up in time', async () => {
  const { database, set } = open({ acquireTimeoutMs: 60_000 })
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let begun = () => {}
  const started = new Promise<void>((resolve) => {
    begun = resolve
  })
  const holder = database.transaction(async () => {
    begun()
    await held
  })
  await started
  set({ acquireTimeoutMs: 20 })
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ status: 503, code: 'database_unavailable' })
  set({ acquireTimeoutMs: 60_000 })
  const patient = database.query('SELECT 1 AS one')
  letGo()
  expect(await patient).toEqual([{ one: 1 }])
  await holder
})
