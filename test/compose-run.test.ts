// docker-compose.yml in motion, without an engine: the image is built from the Dockerfile in a clean folder, and its containers are
// processes of an ordinary user on a read-only tree. PostgreSQL and Prometheus are real ones, with the files that Compose mounts.
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { containerNodeFlags } from '../cluster/bin/node-flags.js'
import { mallocEnvironment } from '../cluster/supervisor/frugality.ts'
import { firstLedgerNodes, nodesFor } from '../cluster/topology/nodes.ts'
import { freePort, isPrometheusInstalled, type RealPrometheus } from '../otel/backend/testing/real-prometheus.ts'
import { readCompose } from './compose-file.ts'
import { ComposeProcesses } from './compose-processes.ts'
import { type ContainerPostgres, startContainerPostgres } from './container-postgres.ts'
import { createCustomer } from './customer.ts'
import { buildImage, type Image } from './image.ts'
import { createMetricQueries } from './metric-queries.ts'
import { prometheusTest } from './prometheus-test.ts'
import { startStackPrometheus } from './stack-prometheus.ts'
import { until } from './until.ts'

const LOAD = 2
const compose = readCompose({ FAULTLINE_LOAD: String(LOAD) })
const own = Object.entries(compose.services).filter(([, { image }]) => image === 'faultline:local')
/** One region, and the whole ledger, is enough to see how containers start, scale and end; compose.test.ts compares the others' settings. */
const regions = ['na', 'global']
const isHere = (region: string, kind: string) => regions.includes(region) || kind === 'ledger'
const shop = own.filter(([, { environment = {} }]) =>
  isHere(environment['FAULTLINE_REGION'] ?? '', environment['FAULTLINE_KIND'] ?? ''),
)
const nodeIds = nodesFor('full').flatMap(({ id, region, kind }) => (isHere(region, kind) ? [id] : []))

// Each test starts and stops whole processes.
vi.setConfig({ testTimeout: 120_000 })

let folder: string
let image: Image
let containers: ComposeProcesses
let postgres: ContainerPostgres | undefined
let prometheus: RealPrometheus | undefined
let databasePort: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-compose-'))
  chmodSync(folder, 0o755)
  image = buildImage(join(folder, 'image'))
  const [control, database, metrics] = [await freePort(), await freePort(), await freePort()]
  databasePort = database
  const server = `127.0.0.1:${database}`
  // Replicas have a test of their own.
  const servers = Object.fromEntries(['na', 'eu', 'asia'].map((region) => [`postgres-${region}:5432`, server]))
  const nobody = '127.0.0.1:1'
  const addresses = {
    ...servers,
    'control:7070': `127.0.0.1:${control}`,
    'console:7080': `127.0.0.1:${await freePort()}`,
    'collector:4318': nobody,
    'jaeger:16686': nobody,
    'frontdoor:8080': `127.0.0.1:${await freePort()}`,
  }
  if (isPrometheusInstalled) {
    const tokenFile = join(folder, 'volumes/token/token')
    prometheus = await startStackPrometheus({ controlUrl: `http://127.0.0.1:${control}`, tokenFile })
  }
  const prometheusAddress = prometheus ? new URL(prometheus.url).host : `127.0.0.1:${metrics}`
  containers = new ComposeProcesses({
    compose,
    image,
    folder,
    addresses: { ...addresses, 'prometheus:9090': prometheusAddress },
  })
  await containers.once('secrets')
  const passwords = containers.volume('postgres-passwords')
  const service = compose.services['postgres-na']
  if (!service) throw new Error('there is no service postgres-na')
  postgres = await startContainerPostgres(service, { folder, passwords, port: database })
  await containers.once('setup')
  await containers.start('control')
  await containers.start('console')
  for (const [name, { scale = 1 }] of inOrder()) {
    for (let index = 1; index <= scale; index++) await containers.start(name, index)
  }
}, 300_000)

afterAll(async () => {
  await containers?.stopAll()
  await Promise.all([postgres?.stop(), prometheus?.stop()])
  rmSync(folder, { recursive: true, force: true })
})

/** Services of the shop, each after all that it depends on: as they would be started. */
function inOrder(): typeof shop {
  const ordered: typeof shop = []
  const isReady = (name: string) => !shop.some(([other]) => other === name) || ordered.some(([other]) => other === name)
  while (ordered.length < shop.length) {
    const next = shop.filter(([name, { depends_on = {} }]) => {
      return !ordered.some(([other]) => other === name) && Object.keys(depends_on).every(isReady)
    })
    if (next.length === 0) throw new Error('services depend on each other in a circle')
    ordered.push(...next)
  }
  return ordered
}

const faultline = (...args: string[]) => containers.exec('control', ['faultline', ...args])
type Status = { nodes: { id: string; ready: boolean; restarts: number }[]; requestsPerSecond: number }
const status = () => JSON.parse(faultline('status', '--json').stdout) as Status
const frontdoor = () => `http://${containers.get('frontdoor').address}`

const metricsOf = async (name: string) => (await fetch(`http://${containers.get(name).address}/metrics`)).text()

/** How many replicas of a kind a node balances over, by its own metrics. */
async function endpointsSeenBy(name: string, callee: string): Promise<number> {
  const lines = (await metricsOf(name)).split('\n').filter((line) => line.startsWith('faultline_endpoints{'))
  const line = lines.find((one) => one.includes(`callee="${callee}"`) && one.includes('state="healthy"'))
  if (!line) throw new Error(`${name} tells no replicas of ${callee}: ${lines.join('; ')}`)
  return Number(line.split(' ')[1])
}

async function placeOrder(): Promise<number> {
  const customer = createCustomer(frontdoor())
  await customer.signUp()
  await customer.putIntoBasket('p-0001')
  return (await customer.checkOut()).status
}

/** How often a node knew nobody to ask, since its start. */
async function withoutEndpoint(node: string): Promise<number> {
  const counts = (await metricsOf(node)).matchAll(
    /^http_client_request_duration_seconds_count\{[^}]*outcome="no_endpoint"[^}]*\} (\d+)/gm,
  )
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

describe('the image', () => {
  test('holds the bundles, native code and pages, and no sources', () => {
    const files = readdirSync(join(image.folder, 'app'), { recursive: true, encoding: 'utf8' })
    expect(files.filter((file) => /\.(ts|map)$|testdata/.test(file) && !file.endsWith('.d.ts'))).toEqual([])
    expect(readdirSync(join(image.folder, 'app/node_modules'))).toEqual(['@node-rs'])
    const bundles = ['start-node', 'container', 'console', 'faultline'].map((name) => `dist/${name}.cjs`)
    for (const file of ['dist/node.cache', 'dist/console/index.html', ...bundles]) {
      expect(files, file).toContain(file)
    }
  })

  test('starts nodes as the supervisor does, as an ordinary user', () => {
    expect(image.entrypoint).toEqual(['node', ...containerNodeFlags])
    expect(image.env).toMatchObject(mallocEnvironment)
    expect(image.user).toBe('node')
  })

  test('has a folder of its own user for every volume', () => {
    const targets = own.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[1] ?? ''))
    for (const target of new Set(targets)) expect(existsSync(join(image.folder, target)), target).toBe(true)
  })
})

test('secrets are made once, each for those who need it', async () => {
  const files = [
    'token/token',
    'passwords/secrets.json',
    'postgres-passwords/superuser',
    'postgres-passwords/replication',
  ]
  const paths = files.map((file) => join(folder, 'volumes', file))
  const before = paths.map((path) => readFileSync(path, 'utf8'))
  expect(new Set(before).size).toBe(4)
  expect(await containers.once('secrets')).toContain('all secrets are there')
  expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(before)
  expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o444, 0o600, 0o444, 0o444])
})

test('set-up runs again and changes nothing', async () => {
  expect(await containers.once('setup')).toContain('all databases are filled')
})

test('every node is the one that the topology names, and healthy by the check of the file', () => {
  const ids = status().nodes.map(({ id }) => id)
  expect(ids.sort()).toEqual([...nodeIds, 'control'].sort())
  expect(faultline('status').status).toBe(0)
})

test('a container without its control plane or its secret says so', async () => {
  const [, orders] = own.find(([name]) => name === 'orders') ?? []
  const without = { ...compose, services: { stranger: { ...orders, volumes: [] } } } as typeof compose
  const strangers = new ComposeProcesses({ compose: without, image, folder, addresses: {} })
  await expect(strangers.start('stranger')).rejects.toThrow('has the service `secrets` run')
})

test('an order goes through, and load comes', async () => {
  // The first ones of a system that has just been started may be slower than customers wait.
  await until('an order', async () => (await placeOrder()) === 201, 25_000)
  await until('requests of the load generator', async () => {
    return /load_requests_offered_total [1-9]/.test(await metricsOf('load'))
  })
})

test('the console is opened by the link that the control container prints, and passes on what it is asked', async () => {
  const link = new URL(faultline('open', '--print').stdout.trim())
  expect(link.origin).toBe('http://127.0.0.1:7080')
  const origin = `http://${containers.get('console').address}`
  expect((await fetch(origin)).headers.get('content-type')).toContain('text/html')
  expect((await fetch(`${origin}/control/v1/status`)).status).toBe(401)
  const key = new URLSearchParams(link.hash.slice(1)).get('key')
  const session = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-faultline-console': '1', origin },
    body: JSON.stringify({ key }),
  })
  expect(session.status).toBe(200)
  expect((await session.json()) as object).toMatchObject({
    has: { control: true, jaeger: true, prometheus: true, shop: true, otlp: true },
  })
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const answer = await fetch(`${origin}/control/v1/status`, { headers: { cookie } })
  const { nodes } = (await answer.json()) as Status
  expect(nodes.map(({ id }) => id).sort()).toEqual([...nodeIds, 'control'].sort())
})

describe('the ledger', () => {
  const identityOf = (id: string) => {
    const file = join(containers.volume(id), id, 'identity.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { id: string }).id
  }

  test('is founded by its three nodes, each on the volume of its name', () => {
    for (const id of firstLedgerNodes('full')) expect(identityOf(id)).toBe(id)
    expect(faultline('ledger', 'verify')).toMatchObject({ status: 0, stderr: '' })
  })

  test('is joined, not founded again, by a node that lost its disk', async () => {
    await containers.stop('ledger-eu', 'SIGKILL')
    rmSync(join(containers.volume('ledger-eu'), 'ledger-eu'), { recursive: true })
    expect(await placeOrder()).toBe(201)
    await containers.start('ledger-eu')
    const name = identityOf('ledger-eu')
    expect(name).toMatch(/^ledger-eu~/)
    await until('the new member to vote', () => faultline('ledger', 'show', '--json').stdout.includes(name), 30_000)
    await until('the chain to be whole everywhere', () => faultline('ledger', 'verify').status === 0, 30_000)
    expect(await placeOrder()).toBe(201)
  })
})

test('policies outlast a restart of the control plane, the one that the database heeds included', async () => {
  const password = readFileSync(join(containers.volume('postgres-passwords'), 'superuser'), 'utf8')
  const client = new pg.Client({
    host: '127.0.0.1',
    port: databasePort,
    user: 'faultline',
    password,
    database: 'postgres',
  })
  await client.connect()
  try {
    const names = async () => (await client.query('SHOW synchronous_standby_names')).rows[0]?.synchronous_standby_names
    const any = 'ANY 1 ("postgres-eu", "postgres-asia")'
    expect(await names()).toBe('')
    faultline('policy', 'set', 'timeoutMs', '1750', '--caller', 'gateway', '--callee', 'users')
    // No replica is there: whoever commits waits until it is taken back.
    expect(faultline('policy', 'set', 'synchronousReplication', 'any')).toMatchObject({ status: 0 })
    await until('the primary to have it', async () => (await names()) === any)
    await containers.stop('control', 'SIGKILL')
    // As a primary that came back without its disk.
    await client.query("ALTER SYSTEM SET synchronous_standby_names = ''")
    await client.query('SELECT pg_reload_conf()')
    await until('the primary to have forgotten it', async () => (await names()) === '')
    await containers.start('control')
    await until('the primary to have it again', async () => (await names()) === any)
    const reset = faultline('policy', 'reset', '--all').stdout
    expect(reset).toContain('synchronousReplication')
    expect(reset).toContain('timeoutMs of gateway → users: 2000 ms (was 1750 ms)')
    await until('the primary to have it off', async () => (await names()) === '')
    expect(await placeOrder()).toBe(201)
  } finally {
    await client.end()
  }
})

describe('faults', () => {
  const inject = (...args: string[]) => faultline('fault', 'inject', ...args, '--for', '60s')
  afterEach(() => {
    expect(faultline('fault', 'clear', '--all').status).toBe(0)
    expect(faultline('policy', 'reset', '--all').status).toBe(0)
  })

  /** Sum of the series of a node's metric whose labels contain all of these. */
  async function told(name: string, metric: string, ...labels: string[]): Promise<number> {
    return (await metricsOf(name))
      .split('\n')
      .filter((line) => line.startsWith(`${metric}{`) && labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }

  test('of the network act between containers: an asymmetric cut, and requests that reach nobody', async () => {
    const customer = createCustomer(frontdoor())
    await customer.signUp()
    const basket = async () => (await customer.send('GET', '/api/basket')).status
    expect(await basket()).toBe(200)
    const inVain = () =>
      told('gateway-na', 'http_client_request_duration_seconds_count', 'callee="orders"', 'outcome="timeout"')
    const before = await inVain()
    // The edge asks three times, and each waits for so long.
    faultline('policy', 'set', 'timeoutMs', '400', '--caller', 'gateway', '--callee', 'orders')
    expect(inject('partition', '--from', 'gateway-na', '--to', 'orders', 'asymmetric=true')).toMatchObject({
      status: 0,
    })
    expect(await basket()).toBeGreaterThanOrEqual(500)
    expect(await inVain()).toBeGreaterThan(before)
    expect(status().nodes.every(({ ready }) => ready)).toBe(true)
    expect(faultline('fault', 'clear', '--all').status).toBe(0)
    await until('the basket again', async () => (await basket()) === 200, 20_000)
  })

  test('of the application and of credentials show where they act, and end', async () => {
    const customer = createCustomer(frontdoor())
    await customer.signUp()
    const served = () => told('users', 'http_server_request_duration_seconds_count', 'http_response_status_code="503"')
    const before = await served()
    expect(inject('error-rate', '--target', 'users', 'probability=1', 'status=503').status).toBe(0)
    expect((await createCustomer(frontdoor()).signUp()).status).toBe(503)
    expect(await served()).toBeGreaterThan(before)
    expect(faultline('fault', 'clear', '--all').status).toBe(0)

    expect(inject('credential-expiry', '--target', 'gateway', 'credential=session').status).toBe(0)
    const refused = await customer.send<{ code: string }>('GET', '/api/basket')
    expect([refused.status, refused.body.code]).toEqual([401, 'session_invalid'])
    expect(faultline('fault', 'clear', '--all').status).toBe(0)
    expect((await customer.send('GET', '/api/basket')).status).toBe(200)
  })

  test('of data act in what nodes ask of the database, and on its servers; what takes stopping one is refused, and says why', async () => {
    expect(inject('disk-full', '--target', 'postgres-na').status).toBe(0)
    expect((await createCustomer(frontdoor()).signUp()).status).toBeGreaterThanOrEqual(500)
    expect(await told('users', 'db_client_operation_duration_seconds_count', 'error_type="53100"')).toBeGreaterThan(0)
    expect(faultline('fault', 'clear', '--all').status).toBe(0)
    await until('sign-ups again', async () => (await createCustomer(frontdoor()).signUp()).status === 201, 20_000)
    expect(inject('credential-expiry', '--target', 'postgres-na', 'role=users').status).toBe(0)
    await until('no sign-up', async () => (await createCustomer(frontdoor()).signUp()).status >= 500, 20_000)
    expect(faultline('fault', 'clear', '--all').status).toBe(0)
    await until('sign-ups after that', async () => (await createCustomer(frontdoor()).signUp()).status === 201, 30_000)
    const refused = inject('failover', '--target', 'postgres-na')
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('docker compose kill postgres-na')
  })
})

test('what no container may give back fits into its limit, with room to spare', () => {
  const used = containers.names().map((name) => {
    const { pid } = containers.get(name).child
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    const limitMb = Number.parseInt(compose.services[name.replace(/-\d+$/, '')]?.mem_limit ?? '', 10)
    return { name, share: Number(kilobytes) / 1024 / limitMb }
  })
  expect(used.filter(({ share }) => !(share < 0.9))).toEqual([])
})

test('scaled, callers follow; scaled back, nobody notices', async () => {
  await containers.start('orders', 3)
  await containers.start('orders', 4)
  await until('the gateway to see four', async () => (await endpointsSeenBy('gateway-na', 'orders')) === 4, 20_000)
  expect(status().nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(['orders-3', 'orders-4']))
  expect(await containers.stop('orders-4')).toBe(0)
  expect(await containers.stop('orders-3')).toBe(0)
  await until('the gateway to see two', async () => (await endpointsSeenBy('gateway-na', 'orders')) === 2, 20_000)
  expect(status().nodes.map(({ id }) => id)).not.toContain('orders-4')
  expect(await placeOrder()).toBe(201)
})

test('a container that is killed and started again is the same node', async () => {
  await containers.stop('payments-2', 'SIGKILL')
  await until('payments-2 to be missed', () => status().nodes.some(({ id, ready }) => id === 'payments-2' && !ready))
  await containers.start('payments', 2)
  await until('payments-2 to be back', () => status().nodes.every(({ ready }) => ready))
  expect(status().nodes.find(({ id }) => id === 'payments-2')?.restarts).toBe(1)
})

test('the control plane may be restarted: nobody forgets anybody', async () => {
  const seen = await endpointsSeenBy('gateway-na', 'orders')
  const before = await withoutEndpoint('gateway-na')
  await containers.stop('control', 'SIGKILL')
  expect(await placeOrder()).toBe(201)
  await containers.start('control')
  await until('all nodes to be back', () => status().nodes.every(({ ready }) => ready), 20_000)
  expect(await endpointsSeenBy('gateway-na', 'orders')).toBe(seen)
  expect(await withoutEndpoint('gateway-na')).toBe(before)
  expect(status().requestsPerSecond).toBe(LOAD)
  expect(await placeOrder()).toBe(201)
})

describe('the command line in the control container', () => {
  test('sets the load, which a restart of the control plane keeps', async () => {
    expect(faultline('load', '3').stdout).toContain('load is 3 requests/s')
    expect(status().requestsPerSecond).toBe(3)
    await containers.stop('control')
    await containers.start('control')
    expect(status().requestsPerSecond).toBe(3)
  })

  test('says which command of Compose does what it cannot', () => {
    expect(faultline('scale', 'orders', '4').stderr).toContain(
      'docker compose up --detach --no-recreate --scale orders=4',
    )
    expect(faultline('kill', 'orders-1').stderr).toContain('docker compose kill orders')
  })
})

prometheusTest(
  'Prometheus finds every node by the same settings, follows the scale, and answers the command line',
  async () => {
    if (!prometheus) throw new Error('it has not been started')
    const queries = createMetricQueries(prometheus.url)
    const instances = () => queries.valuesOf('instance', 'up{job="faultline"} == 1')
    // The control plane is named by its container, which only containers know.
    await expect.poll(instances, { timeout: 30_000, interval: 200 }).toEqual([...nodeIds].sort())
    await containers.start('orders', 3)
    await until('orders-3 to be scraped', async () => (await instances()).includes('orders-3'), 20_000)
    await containers.stop('orders-3')
    await until('orders-3 to be gone', async () => !(await instances()).includes('orders-3'), 20_000)
    const asked = faultline('query', 'count(up{job="faultline"} == 1)', '--json')
    expect(JSON.parse(asked.stdout)).toMatchObject({ result: [{ value: [expect.anything(), String(nodeIds.length)] }] })
    expect(faultline('alerts', '--json').status).toBe(0)
  },
)

test('stopped, every container leaves in order', async () => {
  for (const name of ['load', 'frontdoor', 'gateway-na', 'orders', 'ledger-asia', 'console', 'control'])
    expect(await containers.stop(name), name).toBe(0)
})
