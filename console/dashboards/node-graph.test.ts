import { expect, test } from 'vitest'
import type { Cell, Field } from './frame.ts'
import { readGraph } from './node-graph.ts'

const column = (name: string, values: Cell[], options = {}): Field => ({
  name,
  type: 'string',
  values,
  labels: {},
  options,
})

test('nodes and edges, each with its figures; an edge to nowhere gets a bare node', () => {
  const nodes = {
    refId: 'A',
    fields: [
      column('id', ['a', 'b']),
      column('title', ['A', null]),
      column('mainstat', [12.34, null], { unit: 'req/s', decimals: 1 }),
      column('arc__failed', [0.25, 0], { color: { mode: 'fixed', fixedColor: 'red' } }),
    ],
  }
  const edges = {
    refId: 'E',
    fields: [
      column('id', ['a b', 'a c']),
      column('source', ['a', 'a']),
      column('target', ['b', 'c']),
      column('mainstat', [3, 4]),
      column('secondarystat', [1500, 2], { unit: 'ms' }),
    ],
  }
  const graph = readGraph([edges, nodes])
  expect(graph.nodes.map(({ id, title, main }) => [id, title, main])).toEqual([
    ['a', 'A', '12.3 req/s'],
    ['b', 'b', ''],
    ['c', 'c', ''],
  ])
  expect(graph.nodes[0]?.arcs[0]?.share).toBe(0.25)
  expect(graph.edges[0]).toMatchObject({ source: 'a', target: 'b', main: '3', secondary: '1.5 s', rate: 3 })
})
