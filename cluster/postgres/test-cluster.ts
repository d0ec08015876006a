/** For tests: clusters in temporary folders that are stopped and removed afterwards. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import type { PostgresCluster } from './cluster.ts'
import type { PostgresOptions } from './options.ts'
import { startPostgres } from './start.ts'

const folders: string[] = []

/**
 * A new folder that other users may pass through. Goes away with `removeTempFolders` at the end of the test file, not
 * before: for some seconds after many files were deleted, ext4 makes new ones very slowly.
 */
export function tempFolder(mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-postgres-'))
  chmodSync(folder, mode)
  folders.push(folder)
  return folder
}

/** For `afterAll`. */
export function removeTempFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

const password = (name: string) => `${name}-password-of-this-test`

// Test files that run at once must not take a port that another's killed server is about to use again.
let nextPort = 20_000 + (process.pid % 100) * 100

/** Options for one primary with two databases. */
export function testOptions(dataDir: string, more: Partial<PostgresOptions> = {}): PostgresOptions {
  return {
    dataDir,
    nodes: [primaryNode()],
    databases: ['users', 'orders'].map((name) => ({ name, owner: name, password: password(name) })),
    roles: [{ name: 'fulfilment', password: password('fulfilment'), databases: ['orders'] }],
    ...more,
  }
}

/** The servers of a primary with one replica. */
export function twoNodes(): PostgresOptions['nodes'] {
  return [primaryNode(), { name: 'postgres-eu', region: 'eu', role: 'replica', applyDelayMs: 20, port: nextPort++ }]
}

function primaryNode(): PostgresOptions['nodes'][number] {
  return { name: 'postgres-na', region: 'na', role: 'primary', port: nextPort++ }
}

/** A cluster that is stopped with the test. */
export async function startForTest(options: PostgresOptions): Promise<PostgresCluster> {
  const cluster = await startPostgres(options)
  onTestFinished(() => cluster.stop())
  return cluster
}

/** Runs one statement over a connection of its own and returns the rows. */
export async function query(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(sql, values)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}
