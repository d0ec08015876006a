import { expect, test } from 'vitest'
import { nodesFor } from '../topology/nodes.ts'
import { buildDocument, type World } from './documents.ts'
import { Registry } from './registry.ts'

const world: World = { delays: {}, policies: {}, kindPolicies: {}, settings: { load: { requestsPerSecond: 20 } } }

function fullRegistry(): Registry {
  const registry = new Registry()
  for (const [index, node] of nodesFor('full').entries()) registry.register(node, '127.0.0.1', 18_000 + index)
  return registry
}

const instances = (registry: Registry, kind: string) => registry.endpointsOf(kind).map((endpoint) => endpoint.instance)

test('only connected and ready replicas are endpoints', () => {
  const registry = fullRegistry()
  expect(instances(registry, 'orders')).toEqual([])
  expect(registry.connect('orders-2', 1)).toBe(false)
  expect(instances(registry, 'orders')).toEqual([])
  expect(registry.setReady('orders-2', 1, true)).toBe(true)
  expect(registry.connect('orders-1', 2)).toBe(false)
  expect(registry.setReady('orders-1', 2, true)).toBe(true)
  expect(instances(registry, 'orders')).toEqual(['orders-1', 'orders-2'])
  expect(registry.setReady('orders-1', 2, false, 'the database does not answer')).toBe(true)
  expect(instances(registry, 'orders')).toEqual(['orders-2'])
  expect(registry.get('orders-1')?.reason).toBe('the database does not answer')
  expect(registry.disconnect('orders-2', 1)).toBe(true)
  expect(instances(registry, 'orders')).toEqual([])
})

test('a new stream replaces the old one, whose end and words no longer count', () => {
  const registry = fullRegistry()
  registry.connect('users-1', 1)
  registry.setReady('users-1', 1, true)
  expect(registry.connect('users-1', 2)).toBe(true)
  expect(instances(registry, 'users')).toEqual([])
  expect(registry.setReady('users-1', 1, true)).toBe(false)
  registry.setReady('users-1', 2, true)
  expect(registry.disconnect('users-1', 1)).toBe(false)
  expect(instances(registry, 'users')).toEqual(['users-1'])
})

test('a draining node stays connected and leaves every document', () => {
  const registry = fullRegistry()
  registry.connect('orders-1', 1)
  registry.setReady('orders-1', 1, true)
  expect(registry.setDraining('orders-1')).toBe(true)
  expect(instances(registry, 'orders')).toEqual([])
  expect(registry.connected().map((member) => member.node.id)).toEqual(['orders-1'])
  expect(registry.unregister('orders-1')).toBe(false)
})

test('a node that is registered again at another port is an endpoint there', () => {
  const registry = fullRegistry()
  const { node } = registry.get('media-1')!
  registry.register(node, '127.0.0.1', 19_999)
  registry.connect('media-1', 1)
  registry.setReady('media-1', 1, true)
  expect(registry.endpointsOf('media')).toEqual([
    { instance: 'media-1', region: 'na', host: '127.0.0.1', port: 19_999 },
  ])
})

test('a document names the kinds that the node calls and no others', () => {
  const registry = fullRegistry()
  registry.connect('orders-1', 1)
  registry.setReady('orders-1', 1, true)
  expect(Object.keys(buildDocument('gateway', registry, world).endpoints).toSorted()).toEqual([
    'orders',
    'products',
    'recommendations',
    'users',
  ])
  expect(buildDocument('gateway', registry, world).settings).toEqual({})
  expect(buildDocument('fulfilment', registry, world).endpoints['orders']).toHaveLength(1)
  expect(buildDocument('load', registry, world).settings).toEqual({ requestsPerSecond: 20 })
  expect(buildDocument('payments', registry, world).endpoints).toEqual({ ledger: [] })
})

test('all have applied once each connected node runs the version that it was sent', () => {
  const registry = fullRegistry()
  registry.connect('users-1', 1)
  registry.connect('media-1', 2)
  registry.sent('users-1', 7)
  registry.sent('media-1', 4)
  registry.applied('users-1', 1, 7)
  expect(registry.allApplied()).toBe(false)
  registry.applied('media-1', 1, 4)
  expect(registry.allApplied(), 'words of another stream do not count').toBe(false)
  registry.applied('media-1', 2, 4)
  expect(registry.allApplied()).toBe(true)
  registry.sent('media-1', 8)
  expect(registry.allApplied()).toBe(false)
  registry.disconnect('media-1', 2)
  expect(registry.allApplied()).toBe(true)
})
