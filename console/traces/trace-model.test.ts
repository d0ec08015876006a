import { expect, test } from 'vitest'
import { testTrace, wireTrace } from './test-trace.ts'
import { readTrace } from './trace-model.ts'

const shape = (lines: string) =>
  testTrace(lines)
    .spans.map(({ id, depth }) => `${'.'.repeat(depth)}${id}`)
    .join(' ')

test.each([
  ['children by start, below their parents', 'a s x 0+9\nc<a s x 5+1\nb<a s x 1+1\nd<c s x 5+1', 'a .b .c ..d'],
  ['a parent that comes later in the answer', 'b<a s x 1+1\na s x 0+9', 'a .b'],
  ['several roots', 'b s x 5+1\na s x 0+1', 'a b'],
  ['a missing parent', 'a s x 0+9\nb<z s x 1+1', 'a b'],
  ['a span that is its own parent', 'a<a s x 0+1', 'a'],
  ['parents in a circle', 'a<b s x 0+1\nb<a s x 0+1\nr s x 0+1', 'r a .b'],
  ['a message that was processed', 'a s x 0+9\nb~a s x 10+1', 'a .b'],
])('tree order: %s', (_, lines, expected) => {
  expect(shape(lines)).toBe(expected)
})

test('a chain of 20,000 spans', () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `s${i}${i > 0 ? `<s${i - 1}` : ''} s x ${i}+1`).join('\n')
  const { spans } = testTrace(lines)
  expect([spans.at(-1)?.depth, spans[0]?.descendants]).toEqual([19_999, 19_999])
})

test('numbers of the whole: times, services, errors, orphans, descendants', () => {
  const trace = testTrace('a web x 0+9\nb<a db y 2+10 error=true\nc<b db z 3+1\nd<lost web x 5+1')
  expect(trace).toMatchObject({ startMicros: 1_000_000, durationMicros: 12_000, services: ['db', 'web'], errors: 1 })
  expect(trace.spans.map(({ descendants, orphan }) => [descendants, orphan])).toEqual([
    [2, false],
    [1, false],
    [0, false],
    [0, true],
  ])
})

test('each span knows its place among its siblings, as do the roots', () => {
  const { spans } = testTrace('a s x 0+9\nc<a s x 5+1\nb<a s x 1+1\nd<c s x 5+1\nr s x 20+1')
  expect(spans.map(({ id, position }) => `${id}${position}`).join(' ')).toBe('a1 b1 c2 d1 r2')
})

test('other references are links', () => {
  const wire = wireTrace('a s x 0+9\nb<a s x 1+1')
  wire.spans?.[1]?.references?.push({ refType: 'FOLLOWS_FROM', traceID: 'other', spanID: 'z' })
  expect(readTrace(wire).spans[1]?.links).toEqual([{ traceId: 'other', spanId: 'z' }])
})

test('a message that was sent is both parent and link of what processed it', () => {
  const [, consumer] = testTrace('a s send 0+9\nb~a s process 10+1').spans
  expect([consumer?.parent, consumer?.links]).toEqual([0, [{ traceId: 't1', spanId: 'a' }]])
})

test.each([
  {},
  { spans: null, processes: null },
  { traceID: 't', spans: [{}] },
  { traceID: 't', spans: [{ startTime: Number.NaN, duration: -5, tags: [{ value: { a: 1 } }], references: null }] },
])('nothing in an answer is trusted: %o', (wire) => {
  const trace = readTrace(wire)
  expect(trace.durationMicros).toBe(0)
  for (const span of trace.spans) expect([span.service, span.durationMicros]).toEqual(['unknown', 0])
})
