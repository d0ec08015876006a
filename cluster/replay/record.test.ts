import { expect, test } from 'vitest'
import type { JournalAnswer } from '../control-plane/journal.ts'
import { toSchedule, wholeWindow } from './record.ts'

const T0 = 1_700_000_000_000
const journal = (entries: [atS: number, change: Record<string, unknown>][], nowS = 100): JournalAnswer => ({
  size: 'small',
  seed: 5,
  startedAtMs: T0 - 8_000,
  nowMs: T0 + nowS * 1_000,
  fullAtMs: null,
  entries: entries.map(([atS, change]) => ({ atMs: T0 + atS * 1_000, change })),
})
const load = (requestsPerSecond: number) => ({ do: 'load', requestsPerSecond })
const inject = (id: string, forS = 30) => ({
  ...{ do: 'inject', id, fault: 'latency', from: 'gateway', to: 'products' },
  ...{ parameters: { delayMs: 100 }, forS, seed: 9 },
})

test('a schedule begins with the first change, whose load is its own', () => {
  const whole = journal([
    [0, load(20)],
    [12.5, inject('latency-1')],
    [42.5, { do: 'end', id: 'latency-1' }],
  ])
  expect(toSchedule(whole, wholeWindow(whole))).toMatchObject({
    ...{ format: 'faultline-schedule', version: 1, size: 'small', seed: 5, load: 20, durationS: 100 },
    events: [
      { atS: 12.5, do: 'inject', id: 'latency-1', seed: 9 },
      { atS: 42.5, do: 'end' },
    ],
  })
})

test('a part of it begins with what was in force then', () => {
  const { fromMs, toMs } = { fromMs: T0 + 50_000, toMs: T0 + 80_000 }
  const part = toSchedule(
    journal([
      [0, load(20)],
      [5, { do: 'set', name: 'timeoutMs', value: 1 }],
      [6, { do: 'reset' }],
      [10, load(30)],
      [11, { do: 'set', name: 'hedging', value: true, callee: 'products' }],
      [12, { do: 'scale', kind: 'orders', replicas: 3 }],
      [20, inject('latency-1', 20)],
      [30, inject('latency-2', 30)],
      [35, inject('latency-3', 60)],
      [36, { do: 'clear', id: 'latency-3' }],
      [40, { do: 'end', id: 'latency-1' }],
      [45, { do: 'change', id: 'latency-2', parameters: { delayMs: 250 }, forS: 40 }],
      [60, { do: 'clear', id: 'latency-2' }],
      [90, load(5)],
    ]),
    { fromMs, toMs },
  )
  expect(part).toMatchObject({ load: 30, durationS: 30 })
  expect(part.events).toEqual([
    { atS: 0, do: 'scale', kind: 'orders', replicas: 3 },
    { atS: 0, do: 'set', name: 'hedging', value: true, callee: 'products' },
    { ...inject('latency-2', 35), atS: 0, parameters: { delayMs: 250 } },
    { atS: 10, do: 'clear', id: 'latency-2' },
  ])
})

test('without any change it is the time since the start, without load', () => {
  const empty = journal([])
  expect(toSchedule(empty, wholeWindow(empty))).toMatchObject({ load: 0, events: [], durationS: 108 })
})

test('what is too long says how long it may be', () => {
  const long = journal([[0, load(1)]], 4_000)
  expect(() => toSchedule(long, wholeWindow(long))).toThrow('67 minutes are more than a schedule may have, 60')
})

test('in containers the seed is the default one', () => {
  const unknown = { ...journal([[0, load(1)]]), seed: null }
  expect(toSchedule(unknown, wholeWindow(unknown)).seed).toBe(1)
})
