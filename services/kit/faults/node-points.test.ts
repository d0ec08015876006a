import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { ActiveFault } from '../control/active-fault.ts'
import { ClockFaults } from './clock-faults.ts'
import { InboundFaults } from './inbound-faults.ts'
import { StatementFaults } from './statement-faults.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function active(fault: string, part: Partial<ActiveFault>): ActiveFault {
  return {
    fault,
    instance: fault,
    revision: 0,
    parameters: {},
    seed: 1,
    remainingMs: 60_000,
    sinceMs: 0,
    again: false,
    ...part,
  }
}

test('inbound: a request waits, and passes at once when nothing is active', async () => {
  const point = new InboundFaults('orders-1')
  const server = createServer((request, response) => point.pass(request, response, () => response.end('served')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const timed = async () => {
    const startMs = performance.now()
    expect(await (await fetch(url)).text()).toBe('served')
    return performance.now() - startMs
  }
  await timed()
  point.apply([active('slow-replica', { parameters: { delayMs: 120, jitterMs: 0 } })])
  expect(await timed()).toBeGreaterThanOrEqual(118)
  point.apply([])
  await timed()
})

test('clock: both ways of asking for the time are off, and both are right again afterwards', () => {
  const clock = new ClockFaults()
  cleanups.push(() => clock.close())
  const before = Date.now()
  const real = new Date(before)
  clock.apply([active('clock-skew', { parameters: { offsetS: 3_600 } })])
  expect(Date.now() - before).toBeGreaterThanOrEqual(3_599_000)
  // biome-ignore lint/complexity/useDateNow: this is the other way of asking
  expect(new Date().getTime() - before).toBeGreaterThanOrEqual(3_599_000)
  expect(new Date(5).getTime()).toBe(5)
  expect(real instanceof Date && new Date() instanceof Date).toBe(true)
  clock.apply([])
  expect(Date.now() - before).toBeLessThan(60_000)
  // biome-ignore lint/complexity/useDateNow: this is the other way of asking
  expect(new Date().getTime() - before).toBeLessThan(60_000)
})

test('statement: of a server for that server, of a node for all that it sends', () => {
  const point = new StatementFaults('orders-1')
  const fate = (text: string, server: string) => point.fateOf(text, server, 'primary')?.failure?.sqlState
  expect(fate('INSERT INTO a VALUES (1)', 'postgres-na')).toBeUndefined()
  point.apply([active('disk-full', { parameters: { probability: 1 }, servers: ['postgres-na'] })])
  expect(fate('INSERT INTO a VALUES (1)', 'postgres-na')).toBe('53100')
  expect(fate('INSERT INTO a VALUES (1)', 'postgres-eu')).toBeUndefined()
  expect(fate('SELECT 1', 'postgres-na')).toBeUndefined()
  point.apply([active('disk-full', { parameters: { probability: 1 } })])
  expect(fate('INSERT INTO a VALUES (1)', 'postgres-eu')).toBe('53100')
})
