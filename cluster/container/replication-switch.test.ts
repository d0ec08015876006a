import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freePort } from '../../otel/backend/testing/real-prometheus.ts'
import { readCompose } from '../../test/compose-file.ts'
import { type ContainerPostgres, startContainerPostgres } from '../../test/container-postgres.ts'
import { createDatabaseServers } from './database-servers.ts'
import { createReplicationSwitch } from './replication-switch.ts'

const password = 'a-password-for-this-test'
let folder: string
let port: number
let primary: ContainerPostgres | undefined

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-switch-'))
  chmodSync(folder, 0o755)
  const passwords = join(folder, 'passwords')
  mkdirSync(passwords)
  writeFileSync(join(passwords, 'superuser'), password)
  port = await freePort()
  const service = readCompose().services['postgres-na']
  if (!service) throw new Error('there is no service postgres-na')
  primary = await startContainerPostgres(service, { folder, passwords, port })
}, 60_000)
afterAll(async () => {
  await primary?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function names(): Promise<string> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'faultline', password, database: 'postgres' })
  await client.connect()
  const { rows } = await client.query<{ synchronous_standby_names: string }>('SHOW synchronous_standby_names')
  await client.end()
  return rows[0]?.synchronous_standby_names ?? ''
}
const switchAt = (at: number) =>
  createReplicationSwitch(createDatabaseServers({ servers: [['postgres-na', `127.0.0.1:${at}`]], password }))
const eventually = (text: string) =>
  vi.waitFor(async () => expect(await names()).toBe(text), { timeout: 15_000, interval: 50 })

test('the primary is told which commits count, and is told otherwise', async () => {
  const replication = switchAt(port)
  await replication.set('all')
  await eventually('ANY 2 ("postgres-eu", "postgres-asia")')
  await replication.set('any')
  await eventually('ANY 1 ("postgres-eu", "postgres-asia")')
  await replication.set('off')
  await eventually('')
})

test('what was set is kept, or taken back, unless something else is asked for meanwhile', async () => {
  const before = switchAt(port)
  await before.set('all')
  await eventually('ANY 2 ("postgres-eu", "postgres-asia")')
  before.keep('off')
  await eventually('')
  const asked = switchAt(port)
  asked.keep('all')
  await asked.set('any')
  await eventually('ANY 1 ("postgres-eu", "postgres-asia")')
  before.keep('all')
  await eventually('ANY 2 ("postgres-eu", "postgres-asia")')
  await before.set('off')
  before.close()
  asked.close()
})

test('a primary that is not there is a refusal that says so', async () => {
  const replication = switchAt(await freePort())
  await expect(replication.set('any')).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining('ECONNREFUSED'),
  })
})
