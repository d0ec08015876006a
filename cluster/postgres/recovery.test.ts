import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { stopOrphans } from './claim.ts'
import { findServerProcesses, signalProcess } from './processes.ts'
import { startPostgres } from './start.ts'
import { query, removeTempFolders, startForTest, tempFolder, testOptions, twoNodes } from './test-cluster.ts'

// Most tests use one folder in turn, as a user's runs do: making a new one takes longer than the rest of a test.
const shared = testOptions(join(tempFolder(), 'data'), { nodes: twoNodes() })

// Inside the project, where the bundle finds the packages that it imports.
const bundle = join(import.meta.dirname, `../../dist/test-postgres-${process.pid}.mjs`)

beforeAll(async () => {
  const contents = `
    import { startPostgres } from './start.ts'
    const cluster = await startPostgres(JSON.parse(process.argv[2]))
    await cluster.startReplicas()
    console.log(JSON.stringify(cluster.nodes.map(({ pid }) => pid)))
    // A line is how long a failover goes without a primary, in ms.
    process.stdin.setEncoding('utf8').on('data', async (line) => console.log((await cluster.failOver(Number(line))).name))`
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile: bundle },
  })
})
afterAll(() => {
  rmSync(bundle, { force: true })
  removeTempFolders()
})

/** Starts a cluster in a process of its own and returns once all is up. */
async function startElsewhere(options: object): Promise<Elsewhere> {
  const child = spawn(process.execPath, [bundle, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const failOver = async (detectedAfterMs: number) => {
    child.stdin.write(`${detectedAfterMs}\n`)
    const [name] = await once(child.stdout, 'data')
    return String(name).trim()
  }
  return { pid: child.pid ?? 0, servers: JSON.parse(line), kill, failOver }
}

type Elsewhere = {
  pid: number
  servers: number[]
  kill(): Promise<void>
  /** Resolves to the name of the new primary. */
  failOver(detectedAfterMs: number): Promise<string>
}

type Marker = { ports: Record<string, number>; primary: { name: string; timeline: number } }
const readMarker = (): Marker => JSON.parse(readFileSync(join(shared.dataDir, 'cluster.json'), 'utf8'))

const ordersUrl = (port: number) => `postgresql://orders:orders-password-of-this-test@127.0.0.1:${port}/orders`

test('a start after SIGKILL of the supervisor ends the old servers and keeps their data', async () => {
  const old = await startElsewhere(shared)
  const { ports } = readMarker()
  await query(ordersUrl(ports['postgres-na'] ?? 0), 'CREATE TABLE kept AS SELECT 42 AS answer')
  await old.kill()
  const orphans = old.servers.filter(isAlive)
  expect(orphans).toEqual(old.servers)

  const progress: string[] = []
  // Nobody asks for ports now: those of the last run are taken again.
  const nodes = shared.nodes.map(({ port: _, ...node }) => node)
  const cluster = await startForTest({ ...shared, nodes, onProgress: (text) => progress.push(text) })
  expect(old.servers.filter(isAlive)).toEqual([])
  expect(progress[0]).toMatch(/^stopped \d+ PostgreSQL processes of an earlier run$/)
  expect(cluster.isFresh).toBe(false)
  expect(cluster.nodes.map(({ name, port }) => [name, port])).toEqual(Object.entries(ports))
  expect(await query(cluster.url('orders', { role: 'orders' }), 'SELECT * FROM kept')).toEqual([{ answer: 42 }])
  await cluster.startReplicas()
  // The replica's old folder was good: it is not copied again.
  expect(progress.filter((text) => text.startsWith('copying'))).toEqual([])
})

describe('a failover whose supervisor is killed', () => {
  const numbers = async (url: string) =>
    (await query(url, 'SELECT n FROM accepted ORDER BY n')).map(({ n }) => Number(n))
  const url = (server: string) => ordersUrl(readMarker().ports[server] ?? 0)

  test('after it: the next run begins with what the new primary accepted, and the old one becomes its copy', async () => {
    const old = await startElsewhere(shared)
    await query(url('postgres-na'), 'CREATE TABLE accepted (n int PRIMARY KEY)')
    await query(url('postgres-na'), 'INSERT INTO accepted VALUES (1)')
    await expect.poll(() => numbers(url('postgres-eu')).catch(() => []), { timeout: 10_000 }).toEqual([1])
    expect(readMarker().primary).toEqual({ name: 'postgres-na', timeline: 1 })
    expect(await old.failOver(0)).toBe('postgres-eu')
    expect(readMarker().primary).toEqual({ name: 'postgres-eu', timeline: 2 })
    await query(url('postgres-eu'), 'INSERT INTO accepted VALUES (2)')
    await old.kill()

    const progress: string[] = []
    const cluster = await startForTest({ ...shared, onProgress: (text) => progress.push(text) })
    expect(cluster.primary.name).toBe('postgres-eu')
    expect(await numbers(cluster.url('orders', { role: 'orders' }))).toEqual([1, 2])
    await cluster.bringHome('postgres-na')
    expect(progress).toContain('copying the primary to postgres-na (was promoted)')
    expect(readMarker().primary).toEqual({ name: 'postgres-na', timeline: 3 })
    await cluster.startReplicas()
    await query(cluster.url('orders', { role: 'orders' }), 'INSERT INTO accepted VALUES (3)')
    for (const node of ['postgres-na', 'postgres-eu']) {
      const at = cluster.url('orders', { role: 'orders', node })
      await expect.poll(() => numbers(at), { timeout: 10_000 }).toEqual([1, 2, 3])
    }
  }, 60_000)

  test('before a replica was chosen: the old primary goes on', async () => {
    const old = await startElsewhere(shared)
    void old.failOver(60_000).catch(() => undefined)
    const na = join(shared.dataDir, 'postgres-na')
    await expect.poll(() => findServerProcesses(na), { timeout: 10_000 }).toEqual([])
    await old.kill()
    const cluster = await startForTest(shared)
    expect(cluster.primary.name).toBe('postgres-na')
    expect(await numbers(cluster.url('orders', { role: 'orders' }))).toEqual([1, 2, 3])
  }, 60_000)

  test('once it was chosen and before it was promoted: it is the primary with all that it had got', async () => {
    const first = await startForTest(shared)
    await first.startReplicas()
    const replica = first.url('orders', { role: 'orders', node: 'postgres-eu' })
    await expect.poll(() => numbers(replica), { timeout: 10_000 }).toEqual([1, 2, 3])
    await first.stop()
    const marker = readMarker()
    const chosen = { ...marker, primary: { ...marker.primary, name: 'postgres-eu' } }
    writeFileSync(join(shared.dataDir, 'cluster.json'), JSON.stringify(chosen))
    const cluster = await startForTest(shared)
    expect(cluster.primary.name).toBe('postgres-eu')
    await query(cluster.url('orders', { role: 'orders' }), 'INSERT INTO accepted VALUES (4)')
    await cluster.bringHome('postgres-na')
    expect(await numbers(cluster.url('orders', { role: 'orders' }))).toEqual([1, 2, 3, 4])
  }, 60_000)

  test('without the data of whoever took over, or without a server of its name, it is refused', async () => {
    const marker = readMarker()
    const write = (name: string) =>
      writeFileSync(join(shared.dataDir, 'cluster.json'), JSON.stringify({ ...marker, primary: { name, timeline: 9 } }))
    const refusal = (options = shared) =>
      startPostgres(options).then(
        (cluster) => cluster.stop(),
        (error: Error) => error.message,
      )
    write('postgres-asia')
    expect(await refusal()).toContain('Start with --size full once')
    write('postgres-eu')
    renameSync(join(shared.dataDir, 'postgres-eu'), join(shared.dataDir, 'aside'))
    expect(await refusal()).toContain('its data is gone')
    renameSync(join(shared.dataDir, 'aside'), join(shared.dataDir, 'postgres-eu'))
    // The folder is there, and from before the promotion that was written down.
    expect(await refusal()).toContain('older than what it accepted')
    writeFileSync(join(shared.dataDir, 'cluster.json'), JSON.stringify(marker))
  }, 60_000)
})

test('stopOrphans ends the servers of a dead run, refuses while it lives, and leaves other folders alone', async () => {
  const old = await startElsewhere(shared)
  await expect(stopOrphans(shared.dataDir)).rejects.toMatchObject({ code: 'data-dir-in-use' })
  expect(old.servers.filter(isAlive)).toEqual(old.servers)
  await old.kill()
  expect(await stopOrphans(shared.dataDir)).toBeGreaterThanOrEqual(1)
  expect(old.servers.filter(isAlive)).toEqual([])
  expect(await stopOrphans(shared.dataDir)).toBe(0)
  expect(await stopOrphans(tempFolder())).toBe(0)
  expect(await stopOrphans('/nowhere/at/all')).toBe(0)
})

test('everything killed at once: the next start recovers', async () => {
  const old = await startElsewhere(shared)
  const folders = shared.nodes.map(({ name }) => join(shared.dataDir, name))
  await old.kill()
  for (const pid of folders.flatMap(findServerProcesses)) signalProcess(pid, 'SIGKILL')
  const cluster = await startForTest(shared)
  await cluster.startReplicas()
  const replica = cluster.url('users', { role: 'users', node: 'postgres-eu' })
  expect(await query(replica, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a stale lock file that names a living stranger is no obstacle, and the stranger lives on', async () => {
  await (await startPostgres(shared)).stop()
  const stranger = spawn('sleep', ['300'], { stdio: 'ignore' })
  onTestFinished(() => void stranger.kill())
  const pgdata = join(shared.dataDir, 'postgres-na')
  writeFileSync(join(pgdata, 'postmaster.pid'), `${stranger.pid}\n${pgdata}\n1\n25432\n\n127.0.0.1\n1 1\nready   \n`)
  // The run lock of a dead run whose process id has been reused.
  const lock = {
    pid: stranger.pid,
    startTicks: '1',
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  }
  writeFileSync(join(shared.dataDir, 'run.lock'), JSON.stringify(lock))
  const cluster = await startForTest(shared)
  expect(cluster.primary.state).toBe('ready')
  expect(isAlive(stranger.pid ?? 0)).toBe(true)
})

test('a second start on the same folder is refused and does not disturb the first', async () => {
  const cluster = await startForTest(shared)
  await expect(startPostgres(shared)).rejects.toMatchObject({
    code: 'data-dir-in-use',
    message: expect.stringContaining(`process ${process.pid}`),
  })
  expect(await query(cluster.url('users', { role: 'users' }), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('a warm start keeps data, takes changed passwords and new databases, and forgets run-time settings', async () => {
  const first = await startPostgres(shared)
  await query(first.url('users', { role: 'users' }), 'CREATE TABLE kept (id int)')
  const admin = await first.connect('postgres')
  await admin.query("ALTER SYSTEM SET work_mem = '1MB'")
  await admin.end()
  await first.stop()

  const changed = {
    ...shared,
    databases: [
      { name: 'users', owner: 'users', password: 'another-password' },
      { name: 'orders', owner: 'orders', password: 'another-password' },
      { name: 'payments', owner: 'payments', password: 'another-password' },
    ],
  }
  const second = await startForTest(changed)
  expect(second.isFresh).toBe(false)
  expect(await query(second.url('users', { role: 'users' }), 'SELECT * FROM kept')).toEqual([])
  expect(await query(second.url('payments', { role: 'payments' }), 'SHOW work_mem')).toEqual([{ work_mem: '4MB' }])
  await expect(query(ordersUrl(second.primary.port), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
})

test('a taken port is replaced at the start, and awaited at a restart', async () => {
  const first = await startPostgres(shared)
  const { port } = first.primary
  await first.stop()
  const occupied = await occupy(port)
  const cluster = await startForTest(shared)
  await occupied.free()
  expect(cluster.primary.port).toBeGreaterThan(port)
  expect(cluster.primary.port).toBeLessThan(32768)

  const moved = cluster.primary.port
  await cluster.primary.kill()
  const again = await occupy(moved)
  const starting = cluster.primary.start()
  const log = () => readFileSync(cluster.primary.logFile, 'utf8')
  await expect.poll(log, { timeout: 10_000 }).toContain('Address already in use')
  await again.free()
  await starting
  expect(cluster.primary.port).toBe(moved)
})

test('a start that is called off leaves nothing running and the folder free', async () => {
  const options = testOptions(join(tempFolder(), 'data'))
  const reason = new Error('changed my mind')
  const controller = new AbortController()
  const onProgress = (text: string) => {
    if (text.startsWith('starting')) controller.abort(reason)
  }
  await expect(startPostgres({ ...options, onProgress, signal: controller.signal })).rejects.toBe(reason)
  expect(findServerProcesses(join(options.dataDir, 'postgres-na'))).toEqual([])
  const cluster = await startForTest(options)
  expect(cluster.primary.state).toBe('ready')
})

test('a new primary takes replicas of an old one along', async () => {
  const first = await startPostgres(shared)
  await first.startReplicas()
  await first.stop()
  renameSync(join(shared.dataDir, 'postgres-na'), join(tempFolder(), 'moved-away'))
  const progress: string[] = []
  const second = await startForTest({ ...shared, onProgress: (text) => progress.push(text) })
  expect(second.isFresh).toBe(true)
  await query(second.url('users', { role: 'users' }), 'CREATE TABLE fresh (id int)')
  await second.startReplicas()
  expect(progress).toContain('copying the primary to postgres-eu (is not of this primary)')
  const replica = second.url('users', { role: 'users', node: 'postgres-eu' })
  expect(await query(replica, 'SELECT * FROM fresh')).toEqual([])
})

test('root hides in a user namespace where nobody else may pass', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('needs root')
  const options = testOptions(join(tempFolder(0o700), 'data'), { nodes: twoNodes() })
  const cluster = await startForTest(options)
  await cluster.startReplicas()
  await cluster.primary.kill()
  await cluster.primary.start()
  const replica = cluster.url('users', { role: 'users', node: 'postgres-eu' })
  expect(await query(replica, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('passwords are in no log, and files that hold them are closed to others', async () => {
  const cluster = await startForTest(shared)
  await cluster.startReplicas()
  await expect(query(cluster.url('users', { role: 'users' }), "SELECT 'secret-value' / 0")).rejects.toThrow()
  const { superuser, replication } = JSON.parse(readFileSync(join(shared.dataDir, 'secrets.json'), 'utf8'))
  for (const { logFile } of cluster.nodes) {
    const log = readFileSync(logFile, 'utf8')
    for (const secret of [superuser, replication, 'password-of-this-test', 'secret-value'])
      expect(log).not.toContain(secret)
  }
  for (const file of ['secrets.json', 'postgres-eu/postgresql.conf', 'postgres-na/pg_hba.conf']) {
    expect((statSync(join(shared.dataDir, file)).mode & 0o777).toString(8)).toBe('600')
  }
  expect(existsSync(join(shared.dataDir, 'postgres-na.password'))).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

async function occupy(port: number): Promise<{ free(): Promise<void> }> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const free = async () => {
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  onTestFinished(free)
  return { free }
}
