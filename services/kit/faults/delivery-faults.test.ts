import { expect, test } from 'vitest'
import { damage } from './call-faults.ts'
import { DeliveryFaults } from './delivery-faults.ts'
import { active } from './test-fault.ts'

const message = (n: number, redeliveries = 0) => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  data: { orderId: '11111111-1111-4111-8111-111111111111', trace: {} },
  redeliveries,
})
const hundred = Array.from({ length: 100 }, (_, index) => message(index))

test('nothing becomes of messages while nothing is active', () => {
  const point = new DeliveryFaults('fulfilment-1')
  expect(point.beforeFetch('orders', 10)).toBeUndefined()
  expect(point.deliver('orders', hundred)).toBe(hundred)
})

test('a poison message is one at every delivery and at every consumer, and the others never are', () => {
  const poisoned = (node: string, redeliveries: number) => {
    const point = new DeliveryFaults(node)
    point.apply([active('poison-message', { share: 0.3 })])
    const messages = hundred.map((_, index) => message(index, redeliveries))
    return point
      .deliver('orders', messages)
      .filter(({ data }) => typeof (data as { orderId: unknown }).orderId !== 'string')
      .map(({ id }) => id)
  }
  const first = poisoned('fulfilment-1', 0)
  expect(first.length).toBeGreaterThan(15)
  expect(first.length).toBeLessThan(45)
  expect(poisoned('fulfilment-2', 3)).toEqual(first)
})

test.each(['poison-message', 'duplicate-delivery'])('%s: the seed of the injection tells which messages', (fault) => {
  const met = (commonSeed: number, seed: number, instance: string) => {
    const point = new DeliveryFaults('fulfilment-1')
    const parameters = { share: 0.3, probability: 0.3, messages: true }
    point.apply([active(fault, parameters, { commonSeed, seed, instance })])
    return hundred.filter((one) => {
      const [given, again] = point.deliver('orders', [one])
      return again !== undefined || given?.data !== one.data
    })
  }
  const first = met(5, 1, 'one')
  expect(first.length).toBeGreaterThan(15)
  expect(first.length).toBeLessThan(45)
  expect(met(5, 2, 'another')).toEqual(first)
  expect(met(6, 1, 'one')).not.toEqual(first)
})

test('a slow consumer takes few and takes its time', () => {
  const point = new DeliveryFaults('fulfilment-1')
  point.apply([active('queue-lag', { pauseMs: 300, batch: 2 })])
  expect(point.beforeFetch('orders', 10)).toEqual({ delayMs: 300, limit: 2 })
})

test('duplicates come twice, whole', () => {
  const point = new DeliveryFaults('fulfilment-1')
  point.apply([active('duplicate-delivery', { probability: 1, messages: true, requests: true, callee: 'payments' })])
  const [one, two, ...rest] = point.deliver('orders', [message(1)])
  expect([one, two, rest]).toEqual([message(1), message(1), []])
})

test.each(['{"priceCents":1000,"stock":7}', '{"total":0.05}', '[1]', '{"id":"p-0009"}'])(
  '%s is valid JSON of the same length when it is damaged, and another one',
  (text) => {
    const damaged = damage(Buffer.from(text)).toString()
    expect(damaged).not.toBe(text)
    expect(damaged).toHaveLength(text.length)
    expect(() => JSON.parse(damaged)).not.toThrow()
  },
)

test('what has no digit stays as it is', () => {
  expect(damage(Buffer.from('{"ok":true}')).toString()).toBe('{"ok":true}')
})
