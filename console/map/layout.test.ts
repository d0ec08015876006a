import { expect, test } from 'vitest'
import { columnsOf, layoutMap, NODE_HEIGHT, NODE_WIDTH } from './layout.ts'
import { curveBetween, notePoint, pointAt } from './link-path.ts'
import { buildMap } from './map-model.ts'
import { noSamples } from './map-queries.ts'
import { cluster, sample, status } from './testing.ts'

const callee = (instance: string, name: string) => sample({ instance, callee: name, state: 'healthy' }, 1)
const samples = {
  ...noSamples,
  callees: [
    callee('load-1', 'frontdoor'),
    callee('frontdoor-1', 'edge'),
    callee('edge-na', 'orders'),
    callee('edge-eu', 'orders'),
    // A way back: it must not turn the map around.
    callee('fulfilment-1', 'orders'),
  ],
  queueWaiting: [sample({}, 0)],
  orders: [sample({ instance: 'orders-1' }, 1)],
  queueDelivered: [sample({ instance: 'fulfilment-1' }, 1)],
}

test('columns follow the calls, not the ways back', () => {
  const { nodes, links } = buildMap(cluster, samples)
  const columns = columnsOf(nodes, links)
  expect(['load', 'frontdoor', 'edge', 'orders', 'queue', 'fulfilment'].map((kind) => columns.get(kind))).toEqual([
    0, 1, 2, 3, 4, 5,
  ])
})

test('nothing overlaps, everything lies within its band and the map', () => {
  const { placed, bands, width, height } = layoutMap(buildMap(cluster, samples))
  const all = [...placed.values()]
  expect(all).toHaveLength(cluster.length)
  for (const [index, a] of all.entries()) {
    for (const b of all.slice(index + 1)) {
      expect(Math.abs(a.x - b.x) >= NODE_WIDTH || Math.abs(a.y - b.y) >= NODE_HEIGHT).toBe(true)
    }
    expect(a.x).toBeGreaterThan(0)
    expect(a.x).toBeLessThan(width)
    expect(a.y).toBeLessThan(height)
    const band = bands.find(({ region }) => region === a.node.region)
    if (band) expect(a.y > band.y && a.y < band.y + band.height && a.x > band.x && a.x < band.x + band.width).toBe(true)
  }
})

test('a replica that comes leaves other columns where they are', () => {
  const before = layoutMap(buildMap(cluster, samples)).placed
  const after = layoutMap(buildMap([...cluster, status('orders-3', 'orders')], samples)).placed
  expect(after.get('edge-na')?.x).toBe(before.get('edge-na')?.x)
  expect(after.has('orders-3')).toBe(true)
})

test('a curve goes from one box to the other', () => {
  for (const [from, to] of [
    [
      { x: 100, y: 100 },
      { x: 400, y: 200 },
    ],
    [
      { x: 400, y: 100 },
      { x: 100, y: 200 },
    ],
    [
      { x: 100, y: 100 },
      { x: 100, y: 300 },
    ],
  ] as const) {
    const curve = curveBetween(from, to)
    expect(pointAt(curve, 0)).toEqual(curve[0])
    expect(pointAt(curve, 1)).toEqual(curve[3])
    expect(Math.abs(curve[0].x - from.x)).toBeLessThanOrEqual(NODE_WIDTH / 2)
    expect(Math.abs(curve[3].x - to.x)).toBeLessThanOrEqual(NODE_WIDTH / 2)
  }
})

test('the note of a link stands beside its caller, on no node that the link passes', () => {
  const from = { x: 100, y: 100 }
  for (const to of [
    { x: 1200, y: 100 },
    { x: 1200, y: 500 },
    { x: 100, y: 300 },
    { x: 20, y: 400 },
  ]) {
    const { x, y } = notePoint(curveBetween(from, to))
    expect(Math.abs(x - from.x) > NODE_WIDTH / 2 || Math.abs(y - from.y) > NODE_HEIGHT / 2).toBe(true)
    expect(Math.abs(x - from.x)).toBeLessThan(NODE_WIDTH / 2 + 44)
  }
})
