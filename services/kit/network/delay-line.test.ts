import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DelayLine } from './delay-line.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function recorder() {
  const line = new DelayLine()
  const log: string[] = []
  const startMs = performance.now()
  const add = (name: string, delayMs: number, bytes = 1) =>
    line.add(delayMs, bytes, (done) => {
      log.push(`${name}@${Math.round(performance.now() - startMs)}`)
      done()
    })
  return { line, log, add }
}

test('hands each item on after its delay, and those in flight do not wait for each other', () => {
  const { log, add } = recorder()
  add('a', 50)
  vi.advanceTimersByTime(10)
  add('b', 50)
  vi.advanceTimersByTime(1_000)
  expect(log).toEqual(['a@50', 'b@60'])
})

test('keeps the order when the delay shrinks', () => {
  const { log, add, line } = recorder()
  add('a', 50)
  add('b', 5)
  add('c', 0)
  expect(line.isEmpty).toBe(false)
  vi.advanceTimersByTime(49)
  expect(log).toEqual([])
  vi.advanceTimersByTime(1)
  expect(log).toEqual(['a@50', 'b@50', 'c@50'])
  expect(line.isEmpty).toBe(true)
})

test('the next item waits until the one before is delivered, and bytes count until then', () => {
  const { line, log, add } = recorder()
  let finish = () => {}
  line.add(5, 100, (done) => {
    finish = done
  })
  add('b', 5, 10)
  vi.advanceTimersByTime(100)
  expect({ log, bytes: line.bytes, empty: line.isEmpty }).toEqual({ log: [], bytes: 110, empty: false })
  finish()
  expect({ log, bytes: line.bytes, empty: line.isEmpty }).toEqual({ log: ['b@100'], bytes: 0, empty: true })
})

test('tells once when there is room again', () => {
  const { line, add } = recorder()
  const told = vi.fn()
  add('a', 5)
  add('b', 50)
  line.onDelivered(told)
  vi.advanceTimersByTime(5)
  expect(told).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(100)
  expect(told).toHaveBeenCalledTimes(1)
})

test('delivers a great many items that are due at once', () => {
  const { log, add } = recorder()
  for (let i = 0; i < 50_000; i += 1) add(`${i}`, 5)
  vi.advanceTimersByTime(5)
  expect(log).toHaveLength(50_000)
  expect(log.at(-1)).toBe('49999@5')
})

test('clear drops everything in flight', () => {
  const { line, log, add } = recorder()
  add('a', 5)
  line.clear()
  vi.advanceTimersByTime(100)
  expect(log).toEqual([])
  expect({ bytes: line.bytes, empty: line.isEmpty }).toEqual({ bytes: 0, empty: true })
})
