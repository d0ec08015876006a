// PostgreSQL as docker-compose.yml runs it: its configuration on the version of the image, and the script of the replicas with the
// programs that it calls. Those are Debian's, of an older version: what only newer ones know is left out of the configuration here.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { locateBinaries } from '../cluster/postgres/binaries.ts'
import { REPLICATION_ROLE, SUPERUSER } from '../cluster/postgres/options.ts'
import { freePort } from '../otel/backend/testing/real-prometheus.ts'
import { readCompose } from './compose-file.ts'
import { ordinaryUser } from './compose-processes.ts'
import { configFolder } from './container-postgres.ts'
import { until } from './until.ts'

vi.setConfig({ testTimeout: 90_000 })

const programs = findPrograms()
const password = 'a-password-for-this-test'

let folder: string
const servers: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-postgres-'))
  own(folder)
  makeFolder('secrets')
  for (const name of ['superuser', 'replication']) writeFileSync(join(folder, 'secrets', name), password)
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => stop(server)))
  rmSync(folder, { recursive: true, force: true })
})

test('the image has the major version that the local run embeds', () => {
  const { image = '' } = readCompose().services['postgres-na'] ?? {}
  expect(image).toMatch(new RegExp(`^postgres:${locateBinaries().majorVersion}\\.`))
})

test('this version takes every setting of the file', () => {
  const data = makeFolder('data')
  writeFileSync(join(data, 'PG_VERSION'), '18\n')
  chownAll(data)
  const text = readFileSync(join(configFolder, 'postgresql.conf'), 'utf8')
  const names = [...text.matchAll(/^(\w+) =/gm)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(30)
  const ask = (name: string) =>
    spawnSync(
      locateBinaries().postgres,
      ['-D', data, '-c', `config_file=${join(configFolder, 'postgresql.conf')}`, '-C', name],
      {
        cwd: data,
        env: { LC_ALL: 'C' },
        encoding: 'utf8',
        ...ordinaryUser,
      },
    )
  expect(ask('fsync')).toMatchObject({ status: 0, stdout: 'on\n' })
  // In pages of 8 kB.
  expect(ask('shared_buffers').stdout).toBe('2048\n')
  for (const name of names) expect(ask(name).status, name).toBe(0)
})

test('access is by password only, and the role of the replicas may do nothing else', () => {
  const lines = readFileSync(join(configFolder, 'pg_hba.conf'), 'utf8')
    .split('\n')
    .filter((line) => /^\w/.test(line))
  expect(lines.every((line) => /(?:scram-sha-256|reject)$/.test(line))).toBe(true)
  expect(lines[1]).toMatch(new RegExp(`^host +replication +${REPLICATION_ROLE} `))
  expect(lines[2]).toMatch(new RegExp(`^host +all +${REPLICATION_ROLE} .* reject$`))
})

const isSkipped = !programs && process.env['CI'] !== 'true'

describe.skipIf(isSkipped)('the script of the replicas', () => {
  test('copies the primary, follows it, and goes on with its copy when it is started again', async () => {
    const port = await startPrimary('primary')
    const first = await startReplica(port)
    await query(port, 'CREATE TABLE orders AS SELECT 1 AS id')
    await eventually(async () => expect(await query(first.port, 'SELECT id FROM orders')).toEqual([{ id: 1 }]))
    expect(await query(first.port, 'SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: true }])
    expect(await query(port, 'SELECT slot_name, active FROM pg_replication_slots')).toEqual([
      { slot_name: 'postgres_eu', active: true },
    ])
    // As faults have it, and as it was started.
    const delay = () => query(first.port, "SELECT current_setting('recovery_min_apply_delay') AS delay")
    await query(first.port, "ALTER SYSTEM SET recovery_min_apply_delay = '7s'")
    await query(first.port, 'SELECT pg_reload_conf()')
    await eventually(async () => expect(await delay()).toEqual([{ delay: '7s' }]))
    await query(first.port, 'ALTER SYSTEM RESET recovery_min_apply_delay')
    await query(first.port, 'SELECT pg_reload_conf()')
    await eventually(async () => expect(await delay()).toEqual([{ delay: '10ms' }]))
    await stop(first.server)
    await query(port, 'INSERT INTO orders VALUES (2)')
    const again = await startReplica(port)
    expect(again.said()).not.toContain('copying')
    await eventually(async () =>
      expect(await query(again.port, 'SELECT count(*)::int FROM orders')).toEqual([{ count: 2 }]),
    )
  })

  test('serves reads without its primary, once it has a copy', async () => {
    const port = await startPrimary('primary')
    await query(port, 'CREATE TABLE orders AS SELECT 1 AS id')
    await stop((await startReplica(port)).server)
    await Promise.all(servers.splice(0).map((server) => stop(server)))
    const alone = await startReplica(port)
    expect(await query(alone.port, 'SELECT id FROM orders')).toEqual([{ id: 1 }])
  })

  test('is copied anew when its primary is another one, or keeps too little of its log', async () => {
    const port = await startPrimary('primary')
    await stop((await startReplica(port)).server)
    // What PostgreSQL says of a slot whose log is gone.
    await query(port, `SELECT pg_drop_replication_slot('postgres_eu')`)
    const lost = await startReplica(port)
    expect(lost.said()).toContain('it fell too far behind')
    await stop(lost.server)
    const other = await startPrimary('other')
    const foreign = await startReplica(other)
    expect(foreign.said()).toContain('its copy is of another primary')
    expect(await query(foreign.port, 'SELECT pg_is_in_recovery() AS standby')).toEqual([{ standby: true }])
  })
})

if (isSkipped)
  test.skip('the script of the replicas (PostgreSQL’s server and client programs are not installed)', () => {})

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 })

/** Debian keeps each version in a folder of its own. */
function findPrograms(): string | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []
  const folders = versions.map((version) => `/usr/lib/postgresql/${version}/bin`)
  const needed = ['postgres', 'initdb', 'psql', 'pg_basebackup', 'pg_controldata']
  return folders.find((path) => needed.every((name) => existsSync(join(path, name))))
}

function options() {
  return { cwd: folder, env: { PATH: `${programs}:/usr/bin:/bin`, LC_ALL: 'C', TMPDIR: folder }, ...ordinaryUser }
}

async function startPrimary(name: string): Promise<number> {
  const data = makeFolder(name)
  const secret = join(folder, 'secrets/superuser')
  const made = spawnSync(
    'initdb',
    ['-D', data, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${secret}`, '--no-sync', '--wal-segsize=1'],
    options(),
  )
  if (made.status !== 0) throw new Error(String(made.stderr))
  const port = await freePort()
  const server = spawn('postgres', ['-D', data, '-c', `config_file=${olderConfig(port)}`], {
    ...options(),
    stdio: 'ignore',
  })
  servers.push(server)
  await eventually(async () => void (await query(port, 'SELECT 1')))
  await query(port, `CREATE ROLE ${REPLICATION_ROLE} LOGIN REPLICATION PASSWORD '${password}'`)
  return port
}

/** The replica always has the same folder, as its container has the same volume. */
async function startReplica(primaryPort: number): Promise<{ port: number; server: ChildProcess; said(): string }> {
  const port = await freePort()
  const { env, ...rest } = options()
  const told = {
    NAME: 'postgres-eu',
    PRIMARY: `127.0.0.1:${primaryPort}`,
    APPLY_DELAY_MS: '10',
    PGDATA: join(folder, 'replica/18/docker'),
    SECRETS: join(folder, 'secrets'),
    CONFIG: olderConfig(port),
  }
  makeFolder('replica')
  const server = spawn('sh', [join(configFolder, 'replica.sh')], {
    ...rest,
    env: { ...env, ...told },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  servers.push(server)
  let said = ''
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (text) => {
      said += text
    })
  }
  await until(
    'the replica to answer',
    async () => {
      if (server.exitCode !== null) throw new Error(`the replica ended: ${said}`)
      return (await query(port, 'SELECT 1').catch(() => [])).length > 0
    },
    60_000,
  )
  return { port, server, said: () => said }
}

/** The image's configuration without what Debian's PostgreSQL is too old for, on this machine's addresses. */
function olderConfig(port: number): string {
  const path = join(folder, `${port}.conf`)
  const text = readFileSync(join(configFolder, 'postgresql.conf'), 'utf8').replace(
    /^(?:io_method|autovacuum_worker_slots|scram_iterations) .*\n/gm,
    '',
  )
  const here = [
    `listen_addresses = '127.0.0.1'`,
    `unix_socket_directories = ''`,
    `port = ${port}`,
    `hba_file = '${join(configFolder, 'pg_hba.conf')}'`,
  ]
  writeFileSync(path, `${text}\n${here.join('\n')}\n`)
  return path
}

async function query(port: number, text: string): Promise<unknown[]> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: SUPERUSER, password, database: 'postgres' })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGINT')
  await ended
}

function makeFolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  own(path)
  chmodSync(path, 0o700)
  return path
}

function own(path: string): void {
  if (ordinaryUser.uid !== undefined) chownSync(path, ordinaryUser.uid, ordinaryUser.gid)
}

function chownAll(path: string): void {
  for (const entry of readdirSync(path)) own(join(path, entry))
}
