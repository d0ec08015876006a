import { expect, test } from 'vitest'
import { divide, readSelection, writeSelection } from '../why/selection.ts'
import { readRegion, regionOf, regionText, type TypedRegion } from './region.ts'
import { testTrace } from './test-trace.ts'

const traces = ['a s x 0.4+12.345', 'a s x 2000.7+1500', 'a s x 900+0.25'].map((lines, index) =>
  testTrace(lines, `t${index}`),
)
const whole = regionOf(traces)
const nowMs = new Date(2026, 10, 23, 14, 5).getTime()
const empty: TypedRegion = { after: '', before: '', least: '', most: '' }

test('the region of all traces has all of them, also as text and in an address', () => {
  const read = readRegion(regionText(whole), { ...whole, startMs: 0, endMs: 0, minMicros: 0, maxMicros: 0 }, nowMs)
  if (read.kind === 'wrong') throw new Error('it is a region')
  expect(read.box).toEqual(whole)
  const again = readSelection(writeSelection(read.box))
  expect(again && divide(traces, again).others).toEqual([])
})

test('a region that was drawn between two moments keeps what lies on its edges in the address', () => {
  const [first] = traces
  const { startMicros = 0, durationMicros = 0 } = first ?? {}
  const edge = { startMs: startMicros / 1000, endMs: startMicros / 1000 + 0.3 }
  const drawn = { kind: 'box', ...edge, minMicros: durationMicros - 0.4, maxMicros: durationMicros + 0.4 } as const
  const again = readSelection(writeSelection(drawn))
  expect(again && divide(traces, again).selected).toEqual([first])
})

test('what is not typed is no limit; times are local, of today unless they say', () => {
  expect(readRegion(empty, whole, nowMs)).toEqual({ kind: 'box', box: whole })
  const typed = { after: '14:03:07.250', before: '2026-11-23 14:04', least: '250us', most: ' 1m1.5s ' }
  expect(readRegion(typed, whole, nowMs)).toEqual({
    kind: 'box',
    box: {
      kind: 'box',
      startMs: nowMs - 112_750,
      endMs: nowMs - 60_000,
      minMicros: 250,
      maxMicros: 61_500_000,
    },
  })
  expect(readRegion({ ...empty, after: 'now-1m', before: 'now' }, whole, nowMs)).toMatchObject({
    box: { startMs: nowMs - 60_000, endMs: nowMs },
  })
})

test.each<[Partial<TypedRegion>, (keyof TypedRegion)[]]>([
  [{ after: 'noon', most: '5' }, ['after', 'most']],
  [{ before: '25:00', least: 'fast' }, ['before', 'least']],
  [{ after: '14:05', before: '14:04' }, ['before']],
  [{ least: '2s', most: '1s' }, ['most']],
])('%o: wrong is %o', (typed, expected) => {
  const read = readRegion({ ...empty, ...typed }, whole, nowMs)
  expect(read.kind === 'wrong' && Object.keys(read.faults)).toEqual(expected)
})
