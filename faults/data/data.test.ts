import { describe, expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import type { Trace, TraceSpan } from '../trace.ts'
import { cacheStampede } from './cache-stampede.ts'
import { duplicateDelivery } from './duplicate-delivery.ts'
import { hotKey } from './hot-key.ts'
import { nPlusOne } from './n-plus-one.ts'
import { queueLag } from './queue-lag.ts'
import { silentCorruption } from './silent-corruption.ts'
import { slowQuery } from './slow-query.ts'
import { readsFrom } from './sql.ts'
import { staleRead } from './stale-read.ts'

const random = createRandom(1)
const statement = (text: string) => ({ text, server: 'postgres-na', pool: 'primary' as const })
const nobody = { nodes: [], kinds: [], from: [], to: [], fromKinds: [], toKinds: [] }

function span(part: Partial<TraceSpan>): TraceSpan {
  const where = { service: 'orders', node: 'orders-1', region: 'na', version: '1' }
  const rest = { id: 'a', name: 'span', parentId: undefined, kind: 'internal', tags: {}, startUs: 0, durationUs: 1_000 }
  return { ...where, ...rest, ...part }
}
const trace = (...spans: Partial<TraceSpan>[]): Trace => ({ id: 't', spans: spans.map(span) })

test.each([
  ['SELECT id FROM products WHERE id = $1', true],
  ['  select * from products', true],
  ['SELECT id FROM products_old', false],
  ['SELECT id FROM products ORDER BY id FOR NO KEY UPDATE', false],
  ['UPDATE products SET reserved = 1', false],
  ['WITH a AS (SELECT 1) SELECT 1 FROM products', false],
])('%s reads from products: %s', (text, expected) => {
  expect(readsFrom(text, 'products')).toBe(expected)
})

test('statements that are not concerned stay as they are', () => {
  const texts = ['BEGIN', 'COMMIT', 'INSERT INTO products VALUES ($1)', 'SELECT pg_current_wal_lsn()']
  for (const fault of [slowQuery, nPlusOne, hotKey, cacheStampede]) {
    for (const text of texts)
      expect(fault.acts.statement?.(statement(text), fault.parameters.parse({}), random)).toEqual({})
  }
})

test('a hot key is locked by who locks, in the order of ids, and kept by who writes', () => {
  const parameters = hotKey.parameters.parse({ holdMs: 700 })
  const locking = 'SELECT id FROM products WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE'
  expect(hotKey.acts.statement?.(statement(locking), parameters, random)?.text).toBe(
    'SELECT id FROM products WHERE (id = ANY($1) OR id = (SELECT min(id) FROM products)) ORDER BY id FOR NO KEY UPDATE',
  )
  expect(hotKey.acts.statement?.(statement('UPDATE products SET reserved = 1'), parameters, random)).toEqual({
    delayMs: 700,
  })
})

describe('duplicate-delivery', () => {
  const call = { callee: 'payments', method: 'PUT', route: '/charges/:orderId', idempotent: true, status: 200 }
  const again = (changed: Partial<typeof call>, given: object = {}) =>
    duplicateDelivery.acts.answered?.({ ...call, ...changed }, duplicateDelivery.parameters.parse(given), random)?.again

  test('concerns what writes, was done, and claims that it may be repeated', () => {
    expect(again({})).toBe(true)
    expect(again({ method: 'GET' })).toBe(false)
    expect(again({ idempotent: false })).toBe(false)
    expect(again({ status: 503 })).toBe(false)
    expect(again({ callee: 'products' })).toBe(false)
    expect(again({ callee: 'products' }, { callee: 'products' })).toBe(true)
    expect(again({}, { requests: false })).toBe(false)
  })

  test('shows as two deliveries of one message, and not as a message that was given back', () => {
    const delivery = { kind: 'consumer', tags: { 'messaging.message.id': 'm' } }
    const second = { kind: 'consumer', tags: { 'messaging.message.id': 'm', 'faultline.message.redeliveries': 1 } }
    expect(duplicateDelivery.signature.trace.holds(trace(delivery, delivery), nobody)).toBe(true)
    expect(duplicateDelivery.signature.trace.holds(trace(delivery, second), nobody)).toBe(false)
  })

  test('shows as two charges of one parent, and not as a retry', () => {
    const charge = {
      kind: 'client',
      parentId: 'p',
      tags: { 'url.template': '/charges/:orderId', 'http.request.method': 'PUT' },
    }
    const retry = { ...charge, tags: { ...charge.tags, 'http.request.resend_count': 1 } }
    expect(duplicateDelivery.signature.trace.holds(trace(charge, charge), nobody)).toBe(true)
    expect(duplicateDelivery.signature.trace.holds(trace(charge, retry), nobody)).toBe(false)
  })
})

test('queue-lag: what counts is how long a message waited for its first delivery', () => {
  const producer = { id: 'p', kind: 'producer' }
  const late = { id: 'c', kind: 'consumer', parentId: 'p', startUs: 6_000_000 }
  expect(queueLag.signature.trace.holds(trace(producer, late), nobody)).toBe(true)
  expect(queueLag.signature.trace.holds(trace(producer, { ...late, startUs: 500_000 }), nobody)).toBe(false)
  const again = { ...late, tags: { 'faultline.message.redeliveries': 1 } }
  expect(queueLag.signature.trace.holds(trace(producer, again), nobody)).toBe(false)
})

test('n-plus-one: siblings of one name count, those of several parents do not', () => {
  const tags = { 'db.system.name': 'postgresql' }
  const query = (parentId: string) => ({ kind: 'client', parentId, name: 'SELECT products', tags })
  const many = Array.from({ length: 12 }, () => query('a'))
  expect(nPlusOne.signature.trace.holds(trace(...many), nobody)).toBe(true)
  expect(nPlusOne.signature.trace.holds(trace(...many.map((_, index) => query(`${index}`))), nobody)).toBe(false)
})

test('silent-corruption: as often as asked for', () => {
  const parameters = silentCorruption.parameters.parse({ probability: 0.25 })
  const call = { callee: 'products', method: 'GET', route: '/products', idempotent: true, status: 200 }
  const damaged = Array.from(
    { length: 1_000 },
    () => silentCorruption.acts.answered?.(call, parameters, random)?.damaged,
  )
  const share = damaged.filter(Boolean).length / 1_000
  expect(share).toBeGreaterThan(0.2)
  expect(share).toBeLessThan(0.3)
})

test('stale-read: the delay is that of the replica, in ms', () => {
  expect(staleRead.acts.server?.(staleRead.parameters.parse({ delayS: 2 }))).toEqual({
    kind: 'delay-replay',
    delayMs: 2_000,
  })
})
