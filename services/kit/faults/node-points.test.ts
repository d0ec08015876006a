import { resourceFromAttributes } from '@opentelemetry/resources'
import { afterEach, expect, test } from 'vitest'
import { currentVersion, noteBuild } from '../../../otel/sdk/version.ts'
import { ClockFaults } from './clock-faults.ts'
import { SessionFaults } from './session-faults.ts'
import { StatementFaults } from './statement-faults.ts'
import { active } from './test-fault.ts'
import { VersionFaults } from './version-faults.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test('sessions: the key counts no more for as long as the fault that says so is active', () => {
  const sessions = new SessionFaults()
  expect(sessions.keyHolds()).toBe(true)
  sessions.apply([active('credential-expiry', { credential: 'database', role: 'users' })])
  expect(sessions.keyHolds()).toBe(true)
  sessions.apply([active('credential-expiry', { credential: 'session', role: 'users' }, { instance: 'another' })])
  expect(sessions.keyHolds()).toBe(false)
  sessions.apply([])
  expect(sessions.keyHolds()).toBe(true)
})

test('clock: both ways of asking for the time are off, and both are right again afterwards', () => {
  const clock = new ClockFaults()
  cleanups.push(() => clock.close())
  const before = Date.now()
  const real = new Date(before)
  clock.apply([active('clock-skew', { offsetS: 3_600 })])
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
  point.apply([active('disk-full', { probability: 1 }, { servers: ['postgres-na'] })])
  expect(fate('INSERT INTO a VALUES (1)', 'postgres-na')).toBe('53100')
  expect(fate('INSERT INTO a VALUES (1)', 'postgres-eu')).toBeUndefined()
  expect(fate('SELECT 1', 'postgres-na')).toBeUndefined()
  point.apply([active('disk-full', { probability: 1 })])
  expect(fate('INSERT INTO a VALUES (1)', 'postgres-eu')).toBe('53100')
})

test('version: metrics and the resource of spans tell it while the fault is active', () => {
  const point = new VersionFaults()
  const resource = resourceFromAttributes({ 'service.version': '1.0.0' })
  noteBuild('1.0.0', resource)
  cleanups.push(() => noteBuild('0.0.0', undefined))
  point.apply([active('bad-canary', { version: '2.0.0', probability: 0.5, status: '503' })])
  expect(currentVersion()).toBe('2.0.0')
  expect(resource.attributes['service.version']).toBe('2.0.0')
  point.apply([])
  expect(currentVersion()).toBe('1.0.0')
  expect(resource.attributes['service.version']).toBe('1.0.0')
})
