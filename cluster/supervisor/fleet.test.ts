import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts'
import { connectTestNode, type TestNode } from '../control-plane/test-node.ts'
import type { ChildDeath } from './child.ts'
import { openDataDir } from './data-dir.ts'
import { Fleet } from './fleet.ts'
import { Ports } from './ports.ts'
import { createSupervision } from './supervision.ts'

const token = 'a-token-for-this-test'
const urls = { console: '', shop: '', control: '', otlp: '', jaeger: '', prometheus: '' }

let root: string
let dataDir: string
let controlPlane: ControlPlane
let ports: Ports
let fleet: Fleet
let deaths: ChildDeath[]
let watcher: TestNode | undefined
let squatter: Server | undefined

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'faultline-fleet-'))
  dataDir = join(root, 'data')
  deaths = []
  openDataDir(dataDir)
  mkdirSync(join(root, 'dist'))
  copyFileSync(resolve(import.meta.dirname, 'test-fake-node.cjs'), join(root, 'dist/node.cjs'))
  symlinkSync(resolve(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'))
  ports = new Ports(true)
  controlPlane = await startControlPlane(
    {
      log: pino({ level: 'silent' }),
      token,
      version: '0',
      size: 'small',
      startedAt: new Date(),
      supervision: createSupervision({}, () => {}),
      urls: () => urls,
    },
    { host: '127.0.0.1', port: 0 },
  )
  fleet = new Fleet({
    root,
    dataDir,
    size: 'small',
    controlPlane,
    port: async (id) => {
      const port = await ports.node(id)
      await ports.release(id)
      return port
    },
    anotherPort: async (id) => {
      ports.forget(id)
      const port = await ports.node(id)
      await ports.release(id)
      return port
    },
    environment: (node, port) => ({
      FAULTLINE_NODE: node.id,
      FAULTLINE_PORT: String(port),
      FAULTLINE_CONTROL_URL: `ws://127.0.0.1:${controlPlane.port}`,
      FAULTLINE_TOKEN: token,
      FAKE_ORDERS: root,
    }),
    onProcesses() {},
    onDeath: (death) => void deaths.push(death),
  })
})

afterEach(async () => {
  watcher?.close()
  watcher = undefined
  squatter?.close()
  squatter = undefined
  await fleet.kill9()
  await controlPlane.close()
  rmSync(root, { recursive: true, force: true })
})

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const tell = (order: string) => writeFileSync(join(root, order), '')
const log = (id: string) => readFileSync(join(dataDir, `logs/${id}.log`), 'utf8').trim()
const status = (id: string) => fleet.status().find((process) => process.id === id)
const endpoints = (kind: string) => controlPlane.registry.endpointsOf(kind).map(({ instance }) => instance)

async function start(...kinds: string[]): Promise<void> {
  await fleet.start((node) => kinds.includes(node.kind))
  await fleet.allReady()
}

/** A caller of orders that is no process of the fleet. */
async function watch(): Promise<TestNode> {
  controlPlane.registry.register({ id: 'gateway-eu', kind: 'gateway', region: 'eu', ordinal: 1 }, '127.0.0.1', 1)
  watcher = await connectTestNode(controlPlane.port, 'gateway-eu', { token })
  return watcher
}

test('nodes come up, answer at their address, and leave callers first', async () => {
  await start('orders', 'payments')
  expect(status('orders-1')).toMatchObject({ state: 'running', region: 'na', restarts: 0 })
  expect(await (await fetch(`http://${status('orders-1')?.address}`)).text()).toBe('orders-1')
  await fleet.stop()
  expect(status('orders-1')).toMatchObject({ state: 'stopped', pid: null })
  expect(log('payments-1')).toBe('stopped')
})

test('scaling adds replicas that callers see at once, and drains them again', async () => {
  await start('orders')
  const caller = await watch()
  expect(await fleet.scale('orders', 3)).toEqual({ added: ['orders-2', 'orders-3'], removed: [] })
  await eventually(() => expect(caller.sees('orders')).toEqual(['orders-1', 'orders-2', 'orders-3']))
  expect(await fleet.scale('orders', 1)).toEqual({ added: [], removed: ['orders-2', 'orders-3'] })
  expect(caller.sees('orders')).toEqual(['orders-1'])
  expect([log('orders-2'), log('orders-3')]).toEqual(['drained', 'drained'])
  expect(fleet.has('orders-2')).toBe(false)
  expect(deaths).toEqual([])
  expect(controlPlane.annotations.list().map(({ text }) => text)).toEqual([
    'orders scaled to 3: +orders-2 +orders-3',
    'orders scaled to 1: −orders-2 −orders-3',
  ])
})

test('a frozen replica can be scaled away, too', async () => {
  await start('orders')
  await fleet.scale('orders', 2)
  process.kill(status('orders-2')?.pid ?? 0, 'SIGSTOP')
  await fleet.scale('orders', 1)
  expect(fleet.has('orders-2')).toBe(false)
})

test('kinds that do not scale say why', () => {
  expect(() => fleet.scale('media', 2)).toThrow('media does not scale: its files lie in one folder')
})

test('a replica that does not start is an answer, and does not stay behind', async () => {
  await start('orders')
  tell('fail-orders-3')
  await expect(fleet.scale('orders', 3)).rejects.toThrow(/orders-3 does not start: .*no luck today/s)
  expect(fleet.status().map(({ id }) => id)).toEqual(['orders-1'])
  expect(endpoints('orders')).toEqual(['orders-1'])
})

test('restarting drains the process and waits for the next one', async () => {
  await start('orders')
  const before = status('orders-1')?.pid
  await fleet.restart('orders-1')
  expect(log('orders-1')).toBe('drained')
  expect(status('orders-1')).toMatchObject({ state: 'running', restarts: 0 })
  expect(status('orders-1')?.pid).not.toBe(before)
  expect(endpoints('orders')).toEqual(['orders-1'])
})

test('a killed node is out at once, comes back at the same port, and is counted', async () => {
  await start('orders')
  const before = status('orders-1')
  expect(fleet.kill('orders-1')).toEqual({ pid: before?.pid })
  await eventually(() => expect(endpoints('orders')).toEqual([]))
  await eventually(() => expect(endpoints('orders')).toEqual(['orders-1']))
  expect(status('orders-1')).toMatchObject({ state: 'running', restarts: 1, address: before?.address })
  expect(deaths).toMatchObject([{ id: 'orders-1', reason: 'SIGKILL' }])
})

test('a node that dies over and over ends the start with its last words', async () => {
  tell('fail-payments-1')
  await expect(start('orders', 'payments')).rejects.toThrow(
    /payments-1 does not start: it ended with exit code 7, 5 times.*no luck today.*payments-1\.log/s,
  )
})

test('a node whose port was taken meanwhile gets another', async () => {
  const port = await ports.node('orders-1')
  await ports.release('orders-1')
  squatter = createServer()
  await new Promise<void>((listening) => squatter?.listen(port, '127.0.0.1', listening))
  await start('orders')
  expect(status('orders-1')?.address).not.toBe(`127.0.0.1:${port}`)
  expect(await (await fetch(`http://${status('orders-1')?.address}`)).text()).toBe('orders-1')
})

test('stopping ends a wait for readiness', async () => {
  tell('wait-orders-1')
  const started = start('orders')
  started.catch(() => undefined)
  await eventually(() => expect(controlPlane.registry.get('orders-1')?.session).toBeDefined())
  await fleet.stop()
  await expect(started).rejects.toThrow('the cluster is stopping')
  await expect(fleet.scale('orders', 2)).rejects.toThrow('the cluster is stopping')
})
