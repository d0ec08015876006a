// The smaller decisions about one trace: gaps, rows, search, window, graph, colours.
import { describe, expect, test } from 'vitest'
import { networkGap } from './network-gap.ts'
import { traceGraph } from './service-graph.ts'
import { type Colouring, readColouring, serviceColours, spanColours } from './span-colours.ts'
import { findSpans } from './span-search.ts'
import { testTrace } from './test-trace.ts'
import { between, pan, readWindow, ticks, wholeWindow, writeWindow, zoom } from './view-window.ts'
import { visibleRows } from './visible-rows.ts'

describe('the gap that is network', () => {
  test.each([
    ['client less server', 'a web GET 0+10 kind=client\nb<a api GET 2+5 kind=server', [5, 2, 3, false]],
    ['clocks that disagree', 'a web GET 0+10 kind=client\nb<a api GET 20+6 kind=server', [4, 2, 2, true]],
    ['a server slower than its client', 'a web GET 0+10 kind=client\nb<a api GET 0+12 kind=server', [0, 0, 0, false]],
  ])('%s', (_, lines, expected) => {
    const trace = testTrace(lines)
    const gap = networkGap(trace, trace.spans[0]!)
    expect(gap && [gap.totalMicros / 1000, gap.outMicros / 1000, gap.backMicros / 1000, gap.skewed]).toEqual(expected)
  })

  test.each([
    ['a server span has none', 'a web GET 0+10 kind=server\nb<a api GET 2+5 kind=server'],
    ['nobody answered', 'a web GET 0+10 kind=client'],
    ['two answered', 'a web GET 0+10 kind=client\nb<a api GET 2+1 kind=server\nc<a api GET 4+1 kind=server'],
  ])('%s', (_, lines) => {
    const trace = testTrace(lines)
    expect(networkGap(trace, trace.spans[0]!)).toBeUndefined()
  })
})

const family = 'a s x 0+9\nb<a s y 1+1\nc<b s z 1+1\nd<a s y 3+1'

test.each<[number[], number[]]>([
  [[], [0, 1, 2, 3]],
  [[1], [0, 1, 3]],
  [[0], [0]],
  [[0, 1], [0]],
])('with %o folded, %o are rows', (collapsed, rows) => {
  expect(visibleRows(testTrace(family), new Set(collapsed))).toEqual(rows)
})

test.each([
  ['', []],
  ['y', [1, 3]],
  ['S z', [2]],
  ['http.status=503', [2]],
  ['nothing', []],
])('searching for %o finds %o', (text, found) => {
  const trace = testTrace('a s x 0+9\nb<a s y 1+1\nc<b s z 1+1 http.status=503\nd<a s y 3+1')
  expect(findSpans(trace, text)).toEqual(found)
})

test('the window zooms around a point, moves, and never leaves the trace', () => {
  const near = zoom(wholeWindow, 0.5, 0.2)
  expect(near.start).toBeCloseTo(0.1)
  expect(near.end).toBeCloseTo(0.6)
  expect(zoom(near, 10)).toEqual(wholeWindow)
  expect(pan(near, -5)).toEqual({ start: 0, end: 0.5 })
  expect(pan(near, 5)).toEqual({ start: 0.5, end: 1 })
  expect(between(0.8, 0.2)).toMatchObject({ start: 0.2 })
  const tiny = zoom({ start: 0.5, end: 0.5 }, 0.5)
  expect(tiny.end).toBeGreaterThan(tiny.start)
})

test.each([
  ['', wholeWindow],
  ['0.25-0.5', { start: 0.25, end: 0.5 }],
  ['0-0.0000001', { start: 0, end: 1e-7 }],
  ['0.9999999-1', { start: 0.9999999, end: 1 }],
])('%o in an address is the window %o, and the other way about', (text, window) => {
  expect(readWindow(text)).toEqual(window)
  expect(writeWindow(window)).toBe(text)
})

test.each(['0.5', '0.5-0.5', '0.5-0.2', '-1-1', '0-2', 'a-b', '1e-7-1'])('%o is no window', (text) => {
  expect(readWindow(text)).toBe(wholeWindow)
})

test('a window that is zoomed and moved through the address all the way down stays where it is', () => {
  let text = ''
  for (let step = 0; step < 60; step++) text = writeWindow(pan(zoom(readWindow(text), 0.6, 0.3), 0.001))
  const { start, end } = readWindow(text)
  expect(start).toBeCloseTo(0.3, 2)
  expect(end - start).toBeCloseTo(1e-7, 10)
})

test.each([
  [wholeWindow, 1_000, 5, [0, 200, 400, 600, 800, 1_000]],
  [{ start: 0.5, end: 1 }, 1_000, 5, [500, 600, 700, 800, 900, 1_000]],
  [wholeWindow, 0, 5, []],
])('ticks of %o', (window, micros, count, expected) => {
  expect(ticks(window, micros, count)).toEqual(expected)
})

test('the graph has nodes, databases, and who called whom', () => {
  const { nodes, edges } = traceGraph(
    testTrace(`a web GET 0+20 kind=server
      b<a web POST 1+9 kind=client
      c<b api POST 2+7 kind=server error=true
      d<c api SELECT 3+1 kind=client db.system.name=postgresql db.namespace=orders
      e<c api SELECT 5+1 kind=client db.system.name=postgresql db.namespace=orders`),
  )
  expect(nodes.map(({ id, spans, errors }) => [id, spans, errors])).toEqual([
    ['web web-1', 2, 0],
    ['api api-1', 3, 1],
    ['database orders', 2, 0],
  ])
  expect(edges.map(({ from, to, calls, durationMicros }) => [from, to, calls, durationMicros])).toEqual([
    ['web web-1', 'api api-1', 1, 9_000],
    ['api api-1', 'database orders', 2, 2_000],
  ])
})

test('services have colours of their own as long as there are any, the same in any company', () => {
  const few = serviceColours(['orders', 'edge'])
  const many = serviceColours(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'edge', 'orders'])
  expect(new Set(many.values()).size).toBe(10)
  expect(few.size).toBe(2)
  expect(serviceColours(Array.from({ length: 40 }, (_, i) => `s${i}`)).size).toBe(40)
})

test('spans take the colour of their service, node or region; one without a region has a colour of nobody', () => {
  const trace = testTrace('a web GET 0+10 region=na\nb<a api GET 1+5 region=eu\nc<a api GET 2+5 node=api-2 region=')
  const by = (colouring: Colouring) => spanColours(trace, colouring)
  expect([...by('service').legend.keys()]).toEqual(['api', 'web'])
  expect([...by('node').legend.keys()]).toEqual(['api-1', 'api-2', 'web-1'])
  expect([...by('region').legend.keys()]).toEqual(['eu', 'na', 'no region'])
  const { legend, spans } = by('region')
  expect(spans).toEqual([legend.get('na'), legend.get('eu'), 'var(--line-strong)'])
  expect(['node', 'depth', null].map(readColouring)).toEqual(['node', 'service', 'service'])
})
