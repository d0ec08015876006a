// One throwaway PostgreSQL primary for a test file, and a database in it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { PostgresCluster } from '../cluster/postgres/cluster.ts'
import { startPostgres } from '../cluster/postgres/start.ts'
import { createDatabase, type Database } from '../services/kit/database/database.ts'
import { captureLog } from './captured-log.ts'

export type TestDatabase = {
  /** As a service uses it, with a role that owns the database. */
  readonly database: Database
  readonly url: string
  readonly cluster: PostgresCluster
}

/**
 * Starts the server before the tests of the file and removes it after them; the database has the given schema.
 * What it returns can be used inside of tests and hooks that come later.
 */
export function withDatabase(schemaSql: string, { poolSize = 6 } = {}): TestDatabase {
  let running: (TestDatabase & { folder: string }) | undefined
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faultline-test-'))
    const cluster = await startPostgres({
      dataDir: join(folder, 'postgres'),
      nodes: [{ name: 'postgres-na', region: 'na', role: 'primary' }],
      databases: [{ name: 'testing', owner: 'testing', password: 'only-for-tests' }],
    })
    const url = cluster.url('testing', { role: 'testing' })
    const database = createDatabase({ primaryUrl: url, poolSize, log: captureLog().log })
    running = { folder, cluster, url, database }
    await database.query(schemaSql)
  })
  afterAll(async () => {
    await running?.database.close()
    await running?.cluster.stop()
    if (running) await rm(running.folder, { recursive: true, force: true })
  })
  const started = () => {
    if (!running) throw new Error('the database of this test file has not started')
    return running
  }
  return {
    get database() {
      return started().database
    },
    get url() {
      return started().url
    },
    get cluster() {
      return started().cluster
    },
  }
}
