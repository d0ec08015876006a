// The queue on a real database: transactional publishing, redelivery, dead letters and the way back.
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMetrics } from '../../../otel/sdk/metrics/create-metrics.ts'
import { withDatabase } from '../../../test/postgres.ts'
import { scrapeText, seriesValue } from '../../../test/scrape.ts'
import { until } from '../../../test/until.ts'
import { createQueue, type Message, type Queue } from './queue.ts'

const names = { name: 'parcels', deadLetterName: 'parcels-dead', maxDeliveries: 2 }
const log = pino({ level: 'silent' })
const metrics = createMetrics()

const db = withDatabase('')
let producer: Queue
let consumer: Queue
beforeAll(async () => {
  producer = createQueue(db.database, 'producer', log)
  const second = createQueue(db.database, 'producer', log)
  // As when two replicas of a producer start at once, and again on old data.
  await Promise.all([producer.install(names, 'testing'), second.install(names, 'testing')])
  await producer.install(names, 'testing')
  await second.close()
  consumer = createQueue(db.database, 'consumer', log, metrics)
  await consumer.waitUntilInstalled(names.name)
})
afterAll(async () => {
  await consumer?.close()
  await producer?.close()
})

const publish = (messageId: string, data: object) =>
  db.database.transaction((transaction) => producer.publish(transaction, names.name, messageId, data))

const fetchOne = (): Promise<Message> =>
  until('a message', async () => (await consumer.fetch(names.name, 1))[0], 10_000)

test('a message exists exactly when its transaction does', async () => {
  await expect(
    db.database.transaction(async (transaction) => {
      await producer.publish(transaction, names.name, randomUUID(), { parcel: 'never' })
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  const id = randomUUID()
  await publish(id, { parcel: 1 })
  expect(await consumer.fetch(names.name, 10)).toEqual([{ id, data: { parcel: 1 }, redeliveries: 0 }])
  await consumer.complete(names.name, id)
  expect(await consumer.fetch(names.name, 10)).toEqual([])
})

test('a message that fails comes again, then waits among the dead letters, then comes back', async () => {
  const id = randomUUID()
  await publish(id, { parcel: 'poison' })
  await fetchOne()
  await consumer.fail(names.name, id, 'cannot be delivered')
  expect(await fetchOne()).toMatchObject({ id, redeliveries: 1 })
  await consumer.fail(names.name, id, 'cannot be delivered')

  const { items, total } = await consumer.deadLetters(names.deadLetterName, 10)
  expect(total).toBe(1)
  expect(items).toMatchObject([{ data: { parcel: 'poison' }, deadAt: expect.any(Date) }])
  const messageId = items[0]?.messageId ?? ''
  expect(await consumer.redeliver(names.deadLetterName, names.name, messageId)).toBe(true)
  expect(await consumer.redeliver(names.deadLetterName, names.name, messageId)).toBe(false)
  expect(await consumer.deadLetters(names.deadLetterName, 10)).toEqual({ items: [], total: 0 })
  const again = await fetchOne()
  expect(again.data).toEqual({ parcel: 'poison' })
  await consumer.complete(names.name, again.id)
})

test('what waits, what is held, what came again and what was given up show in the metrics', async () => {
  const read = async (name: string, labels = {}) =>
    seriesValue(scrapeText(metrics), name, {
      queue: names.name,
      ...labels,
    })
  const deliveriesBefore = (await read('faultline_queue_delivered_total')) ?? 0
  const redeliveriesBefore = (await read('faultline_queue_redelivered_total')) ?? 0
  const stop = consumer.observe(names.name, names.deadLetterName)
  const ids = [randomUUID(), randomUUID(), randomUUID()]
  for (const id of ids) await publish(id, { parcel: id })
  await until('three that wait', async () => (await read('faultline_queue_messages')) === 3)
  expect(await read('faultline_queue_oldest_age_seconds')).toBeGreaterThan(0)
  expect(await read('faultline_queue_dead_letters')).toBe(0)

  const [first, second] = await consumer.fetch(names.name, 2)
  expect(await read('faultline_queue_held')).toBe(2)
  await consumer.complete(names.name, first?.id ?? '')
  await consumer.fail(names.name, second?.id ?? '', 'cannot be delivered')
  expect(await read('faultline_queue_held')).toBe(0)
  expect(await read('faultline_queue_process_duration_seconds_count', { outcome: 'failed' })).toBeGreaterThan(0)
  while (redeliveriesBefore === ((await read('faultline_queue_redelivered_total')) ?? 0)) {
    const message = await fetchOne()
    if (message.redeliveries > 0) await consumer.fail(names.name, message.id, 'cannot be delivered')
    else await consumer.complete(names.name, message.id)
  }
  expect((await read('faultline_queue_delivered_total')) ?? 0).toBe(deliveriesBefore + 4)
  await until('a dead letter', async () => (await read('faultline_queue_dead_letters')) === 1)
  expect(await read('faultline_queue_messages')).toBe(0)
  expect(await read('faultline_queue_oldest_age_seconds')).toBe(0)
  await stop()
})
