import { expect, test } from 'vitest'
import { maxReplicas } from '../topology/nodes.ts'
import { Leases } from './leases.ts'

const nobodyIsAway = () => false
const ask = (leases: Leases, kind: 'orders' | 'edge' | 'media', holder: string, region = 'na', isAway = nobodyIsAway) =>
  leases.grant({ kind, region, holder, host: '10.0.0.1', port: 8080 }, 1_000, isAway).id

test('containers of a kind get the next numbers, each the same one whenever it asks again', () => {
  const leases = new Leases('full')
  expect(['a', 'b', 'c'].map((holder) => ask(leases, 'orders', holder))).toEqual(['orders-1', 'orders-2', 'orders-3'])
  expect(ask(leases, 'orders', 'b')).toBe('orders-2')
  expect(leases.get('orders-2')?.restarts).toBe(1)
  expect(leases.get('orders-1')?.restarts).toBe(0)
})

test('a kind that stands in regions is numbered in each', () => {
  const leases = new Leases('full')
  expect(ask(leases, 'edge', 'a', 'eu')).toBe('edge-eu')
  expect(ask(leases, 'edge', 'b', 'asia')).toBe('edge-asia')
  expect(ask(leases, 'edge', 'c', 'eu')).toBe('edge-eu-2')
})

test('who has left frees its number, and gets it back as long as nobody took it', () => {
  const leases = new Leases('full')
  for (const holder of ['a', 'b', 'c']) ask(leases, 'orders', holder)
  leases.end('orders-1')
  leases.end('orders-2')
  expect(leases.present().map(({ node }) => node.id)).toEqual(['orders-3'])
  expect(ask(leases, 'orders', 'b')).toBe('orders-2')
  expect(ask(leases, 'orders', 'new')).toBe('orders-1')
  expect(ask(leases, 'orders', 'a')).toBe('orders-4')
})

test('a new control plane that is told the leases hands out none twice', () => {
  const before = new Leases('full')
  for (const holder of ['a', 'b']) ask(before, 'orders', holder)
  const after = new Leases('full', before.all())
  expect(ask(after, 'orders', 'c')).toBe('orders-3')
  expect(ask(after, 'orders', 'a')).toBe('orders-1')
})

test('where there is one place only, a second container waits until the first is away', () => {
  const leases = new Leases('full')
  expect(ask(leases, 'media', 'a')).toBe('media-1')
  expect(() => ask(leases, 'media', 'b')).toThrow('its files lie in one folder')
  expect(ask(leases, 'media', 'b', 'na', () => true)).toBe('media-1')
  expect(leases.get('media-1')).toMatchObject({ holder: 'b', restarts: 0 })
})

test('there is an end to the replicas, and a region must be one of the kind', () => {
  const leases = new Leases('full')
  for (let count = 1; count <= maxReplicas; count++) ask(leases, 'orders', `holder-${count}`)
  expect(() => ask(leases, 'orders', 'one too many')).toThrow(`${maxReplicas} of it already`)
  expect(() => ask(leases, 'orders', 'a', 'eu')).toThrow('orders stands in na, not in eu')
})
