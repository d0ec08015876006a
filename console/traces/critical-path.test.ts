import { expect, test } from 'vitest'
import { criticalPath, drawnSegments, timeOnPath } from './critical-path.ts'
import { testTrace } from './test-trace.ts'

function path(lines: string): string {
  const trace = testTrace(lines)
  return criticalPath(trace)
    .map(({ span, startMicros, endMicros }) => {
      const ms = (micros: number) => (micros - 1_000_000) / 1_000
      return `${trace.spans[span]?.id}:${ms(startMicros)}-${ms(endMicros)}`
    })
    .join(' ')
}

test.each([
  ['one span', 'a s x 0+10', 'a:0-10'],
  ['one child', 'a s x 0+10\nb<a s x 2+5', 'a:0-2 b:2-7 a:7-10'],
  ['one after the other', 'a s x 0+10\nb<a s x 1+3\nc<a s x 5+4', 'a:0-1 b:1-4 a:4-5 c:5-9 a:9-10'],
  ['side by side: the one that ends last', 'a s x 0+10\nb<a s x 1+8\nc<a s x 1+3', 'a:0-1 b:1-9 a:9-10'],
  ['overlapping: nobody waited for the first', 'a s x 0+20\nb<a s x 0+10\nc<a s x 5+15', 'a:0-5 c:5-20'],
  ['grandchildren', 'a s x 0+10\nb<a s x 1+8\nc<b s x 2+3', 'a:0-1 b:1-2 c:2-5 b:5-9 a:9-10'],
  ['a child that outlives its parent', 'a s x 0+10\nb<a s x 8+10', 'a:0-8 b:8-10'],
  ['what is processed after the parent has ended', 'a s x 0+10\nb~a s x 12+5', 'a:0-10'],
  ['a child that starts too early, by its clock', 'a s x 2+8\nb<a s x 0+5', 'b:2-5 a:5-10'],
  ['a child without duration', 'a s x 0+10\nb<a s x 5+0', 'a:0-10'],
])('%s', (_, lines, expected) => {
  expect(path(lines)).toBe(expected)
})

test('covers the root without gap or overlap, whatever the tree', () => {
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let round = 0; round < 200; round++) {
    const lines = ['s0 s x 0+100']
    for (let i = 1; i < 30; i++) lines.push(`s${i}<s${random(i)} s x ${random(110)}+${random(60)}`)
    const trace = testTrace(lines.join('\n'))
    const segments = criticalPath(trace)
    let cursor = 1_000_000
    for (const { startMicros, endMicros } of segments) {
      expect(startMicros).toBe(cursor)
      expect(endMicros).toBeGreaterThan(startMicros)
      cursor = endMicros
    }
    expect(cursor).toBe(1_100_000)
    expect([...timeOnPath(segments).values()].reduce((sum, micros) => sum + micros, 0)).toBe(100_000)
  }
})

test('of nothing is nothing', () => {
  expect(
    criticalPath({ id: '', spans: [], roots: [], startMicros: 0, durationMicros: 0, services: [], errors: 0 }),
  ).toEqual([])
})

test('of many segments those are drawn that can be told apart, within what is shown', () => {
  const segments = [0, 10, 20, 500, 900].map((start) => ({ span: 1, startMicros: start, endMicros: start + 5 }))
  const drawn = drawnSegments(segments, { startMicros: 0, endMicros: 600, gapMicros: 6 })
  expect(drawn.map(({ startMicros, endMicros }) => [startMicros, endMicros])).toEqual([
    [0, 25],
    [500, 505],
  ])
  expect(segments[0]).toEqual({ span: 1, startMicros: 0, endMicros: 5 })
})
