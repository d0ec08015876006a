import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatSchedule, parseSchedule, type Schedule } from './schedule.ts'

const schedule: Schedule = {
  format: 'faultline-schedule',
  version: 1,
  size: 'small',
  seed: 3,
  load: 20,
  durationS: 30,
  events: [
    {
      ...{ atS: 5, do: 'inject', id: 'a', fault: 'latency', from: 'gateway', to: 'products' },
      ...{ parameters: { delayMs: 200 }, forS: 10, seed: 7 },
    },
    { atS: 8, do: 'set', name: 'retryBudget', value: false, caller: 'gateway' },
    { atS: 9, do: 'change', id: 'a', parameters: { delayMs: 300 } },
    { atS: 12, do: 'clear', id: 'a' },
    { atS: 12, do: 'kill', node: 'orders-1' },
  ],
  outcome: {
    intervalS: 5,
    intervals: [{ offered: 100, good: 98, failed: 1, dropped: 0, p50Ms: 40, p95Ms: null }],
    totals: { offered: 100, good: 98, failed: 1, dropped: 0, p50Ms: 40, p95Ms: null },
    alerts: [{ name: 'CallsFailing', fromS: 8, untilS: null }],
    signatures: [{ fault: 'latency', fromS: 7.5 }],
  },
}

test('what is written is read again, an event a line', () => {
  const text = formatSchedule(schedule)
  expect(parseSchedule(text, 'a.json')).toEqual(schedule)
  expect(text.split('\n').filter((line) => line.includes('"atS":'))).toHaveLength(schedule.events.length)
  const { outcome: _, ...plan } = schedule
  expect(parseSchedule(formatSchedule({ ...plan, events: [] }), 'a.json')).toEqual({ ...plan, events: [] })
})

const withEvents = (...events: unknown[]) => JSON.stringify({ ...schedule, events })
const inject = { atS: 5, do: 'inject', id: 'a', fault: 'latency', forS: 10 }

test.each([
  ['no JSON', '{', /^a\.json is no JSON: /],
  ['another file', '{"name":"x"}', /format: must be "faultline-schedule"/],
  ['another version', JSON.stringify({ ...schedule, version: 2 }), /version: must be 1/],
  ['an unknown member', JSON.stringify({ ...schedule, colour: 1 }), /the file: .*colour/],
  ['an unknown event', withEvents({ atS: 1, do: 'explode' }), /events\[0\]\.do: /],
  ['a time before the beginning', withEvents({ ...inject, atS: -1 }), /events\[0\]\.atS: must not be before/],
  [
    'a time beyond the end',
    withEvents({ ...inject, atS: 31 }),
    /events\[0\]\.atS: comes after the end, which is at 30 s/,
  ],
  ['events out of order', withEvents(inject, { atS: 4, do: 'kill', node: 'x' }), /events\[1\]\.atS: events must stand/],
  ['an injection twice', withEvents(inject, inject), /events\[1\]\.id: a is injected twice/],
  ['the end of what never began', withEvents({ atS: 1, do: 'clear', id: 'b' }), /events\[0\]\.id: no injection .* b/],
  ['a fault without end', withEvents({ ...inject, forS: undefined }), /events\[0\]\.forS: /],
])('%s is refused with what is wrong', (_what, text, message) => {
  expect(() => parseSchedule(text, 'a.json')).toThrow(message)
})

test.each(['retry-storm.json', 'region.json'])('%s can be read', (name) => {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8')
  expect(parseSchedule(text, name).events.length).toBeGreaterThan(0)
})
