// What waits at database servers, and whom it keeps from what is to become of them: nobody. On servers that only note what they are told.
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../test/until.ts'
import type { InjectedFault } from '../control-plane/faults/contract.ts'
import { DatabaseFaults, type Promotions, type Suffering } from './database-faults.ts'

const injected = (fault: string, parameters: Record<string, unknown>, ...nodes: string[]) =>
  ({ fault, parameters, nodes }) as unknown as InjectedFault

const expiry = injected('credential-expiry', { credential: 'database', role: 'orders' }, 'postgres-na')
const staleRead = injected('stale-read', { delayS: 7 }, 'postgres-eu')
const failover = (detectedAfterS: number, backAfterS: number) =>
  injected('failover', { detectedAfterS, backAfterS }, 'postgres-na')

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** Two servers, and all that is done to them; `cannot` is a failover that fails. */
function startServers({ cannot = false } = {}) {
  const done: string[] = []
  const na = { name: 'postgres-na', role: 'primary', state: 'ready' } as const
  const eu = { name: 'postgres-eu', role: 'replica', state: 'ready' } as const
  let primary: Suffering['primary'] = na
  const silent = new Set<string>()
  const cluster = {
    nodes: [na, eu],
    get primary() {
      return primary
    },
    connect: async (_database: string, server = primary.name) => {
      if (silent.has(server)) throw new Error(`${server} does not answer`)
      const query = async (text: string) => void (/^ALTER/.test(text) && done.push(`${server}: ${text}`))
      return { query, end: async () => {} }
    },
  } as unknown as Suffering
  const promotions: Promotions = {
    async failOver(detectedAfterMs, signal) {
      if (cannot) throw new Error('No replica runs that could be promoted.')
      done.push('the primary is gone')
      await delay(detectedAfterMs, undefined, signal ? { signal } : {})
      primary = eu
      return undefined as never
    },
    async switchOver(name) {
      primary = name === na.name ? na : eu
    },
    rejoin: async () => void done.push(`all follow ${primary.name}`),
    promoted: () => void done.push(`${primary.name} takes writes`),
  }
  const faults = new DatabaseFaults(cluster, promotions)
  cleanups.push(() => faults.stop())
  const untilDone = (what: RegExp) => until(String(what), () => done.some((one) => what.test(one)), 3_000)
  return { faults, done, silent, untilDone }
}

const expires = /postgres-na: ALTER ROLE "orders" VALID UNTIL '2000/
const isWellAt = (server: string) => new RegExp(`${server}: ALTER ROLE "orders" VALID UNTIL 'inf`)

test('an old primary that stays away keeps no fault from beginning, nor from ending with it', async () => {
  const { faults, done, untilDone } = startServers()
  faults.apply([failover(0, 300)])
  await untilDone(/postgres-eu takes writes/)
  faults.apply([failover(0, 300), expiry])
  await untilDone(/postgres-eu: ALTER ROLE "orders" VALID UNTIL '2000/)
  expect(done).not.toContain('all follow postgres-eu')
  faults.apply([])
  await untilDone(isWellAt('postgres-eu'))
  await untilDone(/postgres-na takes writes/)
  await untilDone(/all follow postgres-na/)
})

test('an old primary comes back when its time is up, whatever happens meanwhile', async () => {
  const { faults, done, untilDone } = startServers()
  const startMs = performance.now()
  faults.apply([failover(0, 0.4)])
  await untilDone(/postgres-eu takes writes/)
  faults.apply([failover(0, 0.4), expiry])
  await untilDone(/all follow postgres-eu/)
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(395)
  expect(done.filter((one) => one === 'the primary is gone')).toHaveLength(1)
})

test('a failover that is over before anybody took over is none', async () => {
  const { faults, done, untilDone } = startServers()
  faults.apply([failover(60, 300), expiry])
  await untilDone(/the primary is gone/)
  faults.apply([])
  await untilDone(isWellAt('postgres-na'))
  expect(done.filter((one) => /takes writes/.test(one))).toEqual([])
})

test.each([
  [60, 300, /the primary is gone/],
  [0, 300, /postgres-eu takes writes/],
])('whoever stops does not wait for a failover of %i s and %i s', async (detectedAfterS, backAfterS, begun) => {
  const { faults, done, untilDone } = startServers()
  faults.apply([failover(detectedAfterS, backAfterS)])
  await untilDone(begun)
  const startMs = performance.now()
  await faults.stop()
  expect(performance.now() - startMs).toBeLessThan(3_000)
  const took = done.filter((one) => /takes writes/.test(one))
  expect(took).toEqual(detectedAfterS > 0 ? [] : ['postgres-eu takes writes', 'postgres-na takes writes'])
})

test('a failover that cannot be done keeps the others neither from beginning nor from ending', async () => {
  const { faults, untilDone } = startServers({ cannot: true })
  faults.apply([failover(0, 1), expiry, staleRead])
  await untilDone(expires)
  await untilDone(/postgres-eu: ALTER SYSTEM SET recovery_min_apply_delay = 7000/)
  faults.apply([failover(0, 1)])
  await untilDone(isWellAt('postgres-na'))
  await untilDone(/postgres-eu: ALTER SYSTEM RESET recovery_min_apply_delay/)
})

test('a server that does not answer keeps writes from no other, and is told when it does', async () => {
  const { faults, silent, untilDone } = startServers()
  silent.add('postgres-eu')
  faults.apply([failover(0, 0), staleRead])
  await untilDone(/postgres-eu takes writes/)
  silent.clear()
  await untilDone(/postgres-eu: ALTER SYSTEM SET recovery_min_apply_delay = 7000/)
})

test('what was done before another server took writes is done again: it may have been lost', async () => {
  const { faults, done, untilDone } = startServers()
  faults.apply([expiry])
  await untilDone(expires)
  faults.apply([expiry, failover(0, 300)])
  await untilDone(/postgres-eu: ALTER ROLE "orders" VALID UNTIL '2000/)
  expect(done.filter((one) => expires.test(one))).toHaveLength(1)
})

test('a password that was renewed before another server took writes is renewed there, too', async () => {
  const { faults, untilDone } = startServers()
  faults.apply([expiry])
  await untilDone(expires)
  faults.apply([failover(0, 300)])
  await untilDone(isWellAt('postgres-eu'))
})
