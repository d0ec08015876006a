import { expect, test } from 'vitest'
import type { ActiveFault } from '../control/faults.ts'
import { buildMap } from './map-model.ts'
import { type MapSamples, noSamples } from './map-queries.ts'
import { cluster, sample, status } from './testing.ts'

const call = (instance: string, callee: string, callee_instance: string) => ({ instance, callee, callee_instance })

const samples: MapSamples = {
  ...noSamples,
  linkRate: [sample(call('edge-na', 'orders', 'orders-1'), 10), sample(call('edge-na', 'orders', 'gone-1'), 5)],
  linkErrors: [sample(call('edge-na', 'orders', 'orders-1'), 1)],
  linkP95: [sample({ instance: 'edge-na', callee_instance: 'orders-1' }, 0.25)],
  nodeRate: [sample({ instance: 'orders-1' }, 10)],
  nodeErrors: [sample({ instance: 'orders-1' }, 2)],
  callees: [
    sample({ instance: 'edge-na', callee: 'orders', state: 'healthy' }, 1),
    sample({ instance: 'edge-na', callee: 'orders', state: 'ejected' }, 1),
    sample({ instance: 'load-1', callee: 'frontdoor', state: 'healthy' }, 1),
  ],
  breakers: [sample({ instance: 'edge-na', callee: 'orders', state: 'open' }, 1)],
  pools: [
    sample({ instance: 'orders-1', db_client_connection_pool_name: 'primary' }, 5),
    sample({ instance: 'edge-eu', db_client_connection_pool_name: 'replica' }, 5),
  ],
  databaseRate: [sample({ instance: 'orders-1', db_client_connection_pool_name: 'primary' }, 30)],
  queueWaiting: [sample({}, 3)],
  orders: [sample({ instance: 'orders-1' }, 2)],
  queueDelivered: [sample({ instance: 'fulfilment-1' }, 2)],
}

function fault(more: Partial<ActiveFault>): ActiveFault {
  return {
    id: 'latency-1',
    fault: 'latency',
    target: '',
    from: null,
    to: null,
    parameters: {},
    secret: false,
    startedAt: '',
    endsAt: '',
    remainingS: 1,
    nodes: [],
    ...more,
  }
}

test('links: measured ones, those that could be called, and none to nodes that are gone', () => {
  const { links } = buildMap(cluster, samples)
  const byId = new Map(links.map((link) => [link.id, link]))
  expect(byId.get('edge-na orders-1')).toMatchObject({ rate: 10, errorShare: 0.1, p95S: 0.25, breaker: 'open' })
  expect(byId.get('edge-na orders-2')).toMatchObject({ rate: 0, errorShare: 0, breaker: 'open' })
  expect(byId.has('edge-na gone-1')).toBe(false)
  expect(byId.get('orders-1 postgres-na')).toMatchObject({ protocol: 'sql', rate: 30 })
  expect(byId.get('edge-eu postgres-eu')).toMatchObject({ protocol: 'sql', rate: 0 })
  expect(byId.get('orders-1 queue')?.rate).toBe(2)
  expect(byId.get('queue fulfilment-1')?.rate).toBe(2)
  expect(byId.get('postgres-na postgres-eu')?.protocol).toBe('replication')
})

test('nodes: health and why', () => {
  const statuses = [...cluster, status('users-1', 'users', 'na', { ready: false, reason: 'no database' })]
  const { nodes } = buildMap(statuses, samples)
  const byId = new Map(nodes.map((node) => [node.id, node]))
  expect(byId.has('supervisor')).toBe(false)
  expect(byId.get('users-1')).toMatchObject({ health: 'down', why: 'no database' })
  expect(byId.get('orders-1')).toMatchObject({ health: 'warn', errorShare: 0.2 })
  expect(byId.get('edge-na')).toMatchObject({ health: 'warn', ejected: [{ callee: 'orders', count: 1 }] })
  expect(byId.get('postgres-eu')).toMatchObject({ shape: 'database', role: 'replica', health: 'ok' })
  expect(byId.get('queue')).toMatchObject({ waiting: 3, health: 'ok' })
})

test('statements that fail and servers that let nobody in are seen on the link and at the server', () => {
  const pool = (instance: string, name: string) => ({ instance, db_client_connection_pool_name: name })
  const { nodes, links } = buildMap(cluster, {
    ...samples,
    pools: [
      sample(pool('orders-1', 'primary'), 5),
      sample(pool('orders-2', 'primary'), 5),
      sample(pool('orders-2', 'replica'), 5),
    ],
    databaseRate: [sample(pool('orders-1', 'primary'), 30), sample(pool('orders-2', 'primary'), 4)],
    databaseErrors: [sample(pool('orders-1', 'primary'), 3)],
    databaseRefused: [sample(pool('orders-2', 'primary'), 6)],
  })
  const byId = new Map(links.map((link) => [link.id, link]))
  expect(byId.get('orders-1 postgres-na')).toMatchObject({ rate: 30, errorShare: 0.1, pools: ['primary'] })
  // Nobody of orders-2 gets in: 4 statements went well, 6 were never begun. A region without a replica reads from its server.
  expect(byId.get('orders-2 postgres-na')).toMatchObject({ rate: 10, errorShare: 0.6, pools: ['primary', 'replica'] })
  const server = nodes.find(({ id }) => id === 'postgres-na')
  expect(server).toMatchObject({ rate: 40, health: 'warn' })
  expect(server?.errorShare).toBeCloseTo(9 / 40)
})

test('roles: of a server by the control plane, though nobody can ask it; of the ledger by itself, while it is there', () => {
  const statuses = [
    ...cluster,
    status('ledger-na', 'ledger'),
    status('ledger-eu', 'ledger', 'eu'),
    status('ledger-asia', 'ledger', 'asia', { state: 'restarting' }),
  ]
  const { nodes } = buildMap(statuses, {
    ...noSamples,
    ledgerRoles: [
      sample({ instance: 'ledger-na', role: 'pre_candidate' }, 1),
      sample({ instance: 'ledger-eu', role: 'leader' }, 1),
      sample({ instance: 'ledger-asia', role: 'leader' }, 1),
    ],
  })
  const roles = Object.fromEntries(nodes.flatMap(({ id, role }) => (role === undefined ? [] : [[id, role]])))
  expect(roles).toEqual({
    'postgres-na': 'primary',
    'postgres-eu': 'replica',
    'ledger-na': 'pre-candidate',
    'ledger-eu': 'leader',
  })
})

test('faults stand on what they act on: by node, kind, region, and link', () => {
  const onKind = fault({ id: 'cpu-1', target: 'orders' })
  const onLink = fault({ from: 'edge', to: 'orders-2' })
  const { nodes, links } = buildMap(cluster, samples, [onKind, onLink])
  const marked = nodes.filter(({ faults }) => faults.length > 0).map(({ id }) => id)
  expect(marked).toEqual(['orders-1', 'orders-2'])
  expect(links.filter(({ faults }) => faults.length > 0).map(({ id }) => id)).toEqual(['edge-na orders-2'])
})
