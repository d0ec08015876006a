// A replica that shows what was written only later, and a role whose password has expired: on real servers.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type Database } from '../../services/kit/database/database.ts'
import { defaultKindPolicy } from '../../services/kit/policies/kind-policy.ts'
import { captureLog } from '../../test/captured-log.ts'
import { until } from '../../test/until.ts'
import type { PostgresCluster } from '../postgres/cluster.ts'
import { expirePassword, renewPasswords, setReplayDelay } from '../postgres/impairments.ts'
import { startPostgres } from '../postgres/start.ts'
import { removeTempFolders, tempFolder, testOptions, twoNodes } from '../postgres/test-cluster.ts'

let cluster: PostgresCluster
let database: Database
let policy = defaultKindPolicy
beforeAll(async () => {
  cluster = await startPostgres(testOptions(tempFolder(), { nodes: twoNodes() }))
  await cluster.startReplicas()
  database = createDatabase({
    primaryUrl: cluster.url('orders', { role: 'orders' }),
    replicaUrl: cluster.url('orders', { role: 'orders', node: 'postgres-eu' }),
    policy: () => policy,
    log: captureLog().log,
  })
  await database.query('CREATE TABLE stock (id int PRIMARY KEY, pieces int NOT NULL)')
  await database.query('INSERT INTO stock VALUES (1, 10)')
}, 60_000)
afterAll(async () => {
  await database?.close()
  await cluster?.stop()
  removeTempFolders()
})

async function piecesSeen(readAfter?: string): Promise<number | undefined> {
  const reader = await database.reader(readAfter)
  return (await reader.query<{ pieces: number }>('SELECT pieces FROM stock WHERE id = 1'))[0]?.pieces
}

async function write(pieces: number): Promise<string> {
  await database.query('UPDATE stock SET pieces = $1 WHERE id = 1', [pieces])
  return database.position()
}

test('a replica that is behind breaks read-your-writes where that is off, and not otherwise', async () => {
  await until('the replica to have it', async () => (await piecesSeen().catch(() => 0)) === 10, 20_000)
  await setReplayDelay(cluster, 'postgres-eu', 60_000)
  // The setting reaches the server's processes one after another; one write later it holds for the next.
  await until(
    'the replica to stay behind',
    async () => {
      await write(9)
      const position = await write(8)
      policy = { ...defaultKindPolicy, readYourWrites: false }
      return (await piecesSeen(position)) !== 8
    },
    20_000,
  )
  const position = await write(5)
  // Whoever has just written does not see it.
  expect(await piecesSeen(position)).not.toBe(5)
  policy = defaultKindPolicy
  expect(await piecesSeen(position)).toBe(5)
  // Everybody else reads what was, either way.
  expect(await piecesSeen()).not.toBe(5)
  policy = { ...defaultKindPolicy, readFromPrimary: true }
  expect(await piecesSeen()).toBe(5)
  policy = defaultKindPolicy
  await setReplayDelay(cluster, 'postgres-eu', undefined)
  await until('the replica to catch up', async () => (await piecesSeen()) === 5, 20_000)
}, 60_000)

test('a password that has expired ends sessions and is refused, until it is renewed', async () => {
  await database.query('SELECT 1')
  await expirePassword(cluster, 'orders', ['postgres-na', 'postgres-eu'])
  await until('to be refused', () =>
    database.query('SELECT 1').then(
      () => false,
      (error: { code?: string }) => error.code === '28P01',
    ),
  )
  await renewPasswords(cluster, ['orders'])
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
}, 60_000)
