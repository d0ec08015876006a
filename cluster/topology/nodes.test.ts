import { expect, test } from 'vitest'
import { calleesFirst, isNodeKind, kindSpec, type NodeKind, nodeKinds, stopLayers } from './kinds.ts'
import { nodeOfId, nodesFor, planScale, postgresNodesFor } from './nodes.ts'

test('the full size has the nodes of the design', () => {
  const ids = nodesFor('full').map((node) => node.id)
  expect(ids.toSorted()).toEqual([
    'edge-asia',
    'edge-eu',
    'edge-na',
    'frontdoor-1',
    'fulfilment-1',
    'gateway-asia',
    'gateway-eu',
    'gateway-na',
    'ledger-asia',
    'ledger-eu',
    'ledger-na',
    'load-1',
    'media-1',
    'orders-1',
    'orders-2',
    'payments-1',
    'payments-2',
    'products-asia',
    'products-eu',
    'products-na',
    'recommendations-1',
    'users-1',
  ])
})

test('the small size has one region and one replica of each kind', () => {
  const nodes = nodesFor('small')
  expect(nodes.map((node) => node.kind).toSorted()).toEqual(nodeKinds.toSorted())
  expect(new Set(nodes.map((node) => node.region))).toEqual(new Set(['na', 'global']))
  expect(nodes.find((node) => node.kind === 'edge')?.id).toBe('edge-na')
  expect(postgresNodesFor('small')).toEqual([{ id: 'postgres-na', region: 'na', role: 'primary' }])
})

test('every kind calls known kinds only', () => {
  for (const kind of nodeKinds) expect(kindSpec(kind).calls.filter((callee) => !isNodeKind(callee))).toEqual([])
})

test('starting puts callees first, stopping puts callers first', () => {
  const start = calleesFirst()
  const layers = stopLayers()
  const layerOf = (kind: string) => layers.findIndex((layer) => layer.some((member) => member === kind))
  for (const kind of nodeKinds) {
    for (const callee of kindSpec(kind).calls.filter((other) => other !== kind)) {
      expect(start.indexOf(kind), `${kind} starts after ${callee}`).toBeGreaterThan(start.indexOf(callee as NodeKind))
      expect(layerOf(kind), `${kind} stops before ${callee}`).toBeLessThan(layerOf(callee))
    }
  }
  expect(layers.flat().toSorted()).toEqual(nodeKinds.toSorted())
  expect(layers[0]).toContain('load')
})

const ids = (nodes: { id: string }[]) => nodes.map((node) => node.id)

test('scaling a home kind adds the next numbers and drains the highest', () => {
  const nodes = nodesFor('full')
  expect(ids(planScale(nodes, 'orders', 4, 'full').add)).toEqual(['orders-3', 'orders-4'])
  expect(planScale(nodes, 'orders', 2, 'full')).toEqual({ add: [], remove: [] })
  expect(ids(planScale(nodes, 'orders', 1, 'full').remove)).toEqual(['orders-2'])
})

test('scaling a regional kind counts per region', () => {
  const nodes = nodesFor('full')
  const plan = planScale(nodes, 'products', 2, 'full')
  expect(ids(plan.add)).toEqual(['products-na-2', 'products-eu-2', 'products-asia-2'])
  const back = planScale([...nodes, ...plan.add], 'products', 1, 'full')
  expect(back.add).toEqual([])
  expect(ids(back.remove)).toEqual(ids(plan.add))
})

test('scaling a kind that is spread goes round the regions', () => {
  const nodes = nodesFor('full')
  const plan = planScale(nodes, 'ledger', 5, 'full')
  expect(ids(plan.add)).toEqual(['ledger-na-2', 'ledger-eu-2'])
  expect(ids(planScale([...nodes, ...plan.add], 'ledger', 3, 'full').remove)).toEqual(ids(plan.add))
  expect(ids(planScale(nodesFor('small'), 'ledger', 3, 'small').add)).toEqual(['ledger-na-2', 'ledger-na-3'])
})

test('a node is known by its id', () => {
  for (const node of nodesFor('full').filter(({ kind }) => kind === 'ledger')) {
    expect(nodeOfId('ledger', node.id)).toEqual(node)
  }
  expect(nodeOfId('ledger', 'ledger-eu-2')).toEqual({ id: 'ledger-eu-2', kind: 'ledger', region: 'eu', ordinal: 2 })
  expect(['ledger-xx', 'ledger-eu-1', 'ledger-eu~1', 'products-eu'].map((id) => nodeOfId('ledger', id))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('scaling fills a gap before it goes on', () => {
  const nodes = [...nodesFor('full'), ...planScale(nodesFor('full'), 'orders', 3, 'full').add]
  const gap = nodes.filter((node) => node.id !== 'orders-2')
  expect(ids(planScale(gap, 'orders', 3, 'full').add)).toEqual(['orders-2'])
})
