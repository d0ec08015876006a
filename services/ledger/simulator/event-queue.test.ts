import { expect, test } from 'vitest'
import { EventQueue } from './event-queue.ts'
import { Random } from './random.ts'

test('events come in the order of their time, those of one time as they were planned', () => {
  const queue = new EventQueue()
  const random = new Random(1)
  const planned = Array.from({ length: 500 }, (_, order) => ({ at: random.between(0, 50), order }))
  const seen: { at: number; order: number }[] = []
  for (const event of planned) queue.at(event.at, () => seen.push(event))
  queue.runUntil(50)
  expect(seen).toEqual(planned.toSorted((a, b) => a.at - b.at || a.order - b.order))
})

test('stops at the end, goes on from there, and an event may plan others', () => {
  const queue = new EventQueue()
  const seen: number[] = []
  const again = () => {
    seen.push(queue.now)
    queue.after(10, again)
  }
  queue.after(10, again)
  queue.runUntil(35)
  expect([queue.now, ...seen]).toEqual([35, 10, 20, 30])
  queue.runUntil(40)
  expect(seen).toEqual([10, 20, 30, 40])
})
