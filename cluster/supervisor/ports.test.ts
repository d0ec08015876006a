import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { isPortFree, Ports, standardPorts } from './ports.ts'

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

async function occupy(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  servers.push(server)
}

test('a node keeps its port, and no two have the same', async () => {
  const ports = new Ports(true)
  const first = await ports.node('orders-1')
  expect(await ports.node('orders-1')).toBe(first)
  const all = [first, await ports.node('orders-2'), await ports.standard('shop'), await ports.postgres('postgres-na')]
  expect(new Set(all).size).toBe(4)
  for (const port of all) expect(port).toBeLessThan(32_768)
})

test('clusters that choose at the same time choose differently', async () => {
  const [one, other] = [new Ports(true, () => 0.5), new Ports(true, () => 0.5)]
  const ids = ['orders-1', 'orders-2', 'users-1']
  const chosen = await Promise.all([one, other].flatMap((ports) => ids.map((id) => ports.node(id))))
  expect(new Set(chosen).size).toBe(6)
  await Promise.all([one.release(), other.release()])
  for (const port of chosen) expect(await isPortFree(port)).toBe(true)
})

test('a node whose port was taken after it was chosen gets another', async () => {
  const ports = new Ports(true)
  const first = await ports.node('orders-1')
  await ports.release('orders-1')
  await occupy(first)
  expect(await isPortFree(first)).toBe(false)
  ports.forget('orders-1')
  const second = await ports.node('orders-1')
  expect(second).not.toBe(first)
  await ports.release()
  expect(await isPortFree(second)).toBe(true)
  expect(await ports.node('orders-1')).toBe(second)
})

test('a standard port that is taken is replaced, and that is said', async () => {
  const wanted = standardPorts.jaeger
  if (await isPortFree(wanted)) await occupy(wanted)
  const ports = new Ports(false)
  const port = await ports.standard('jaeger')
  expect(port).toBeGreaterThan(wanted)
  expect(ports.replaced).toEqual([{ name: 'jaeger', wanted, port }])
})
