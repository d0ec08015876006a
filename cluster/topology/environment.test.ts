import { expect, test } from 'vitest'
import { regionDelays } from './delays.ts'
import { type NodeSurroundings, nodeEnvironment } from './environment.ts'
import { nodesFor } from './nodes.ts'

const around: NodeSurroundings = {
  port: 18_003,
  controlUrl: 'ws://127.0.0.1:7070',
  token: 'run-token',
  otlpUrl: 'http://127.0.0.1:4318',
  telemetry: 'on',
  version: '0.1.0',
  mediaDir: '/data/media',
  ledgerDir: '/data/ledger',
  ledgerFounders: () => ['ledger-na', 'ledger-eu'],
  sessionSecret: 'session-secret',
  logLevel: 'info',
  seed: 7,
  databaseUrl: (role, database) => `postgres://${role}@primary/${database}`,
  replicaUrl: (role, database, region) => (region === 'na' ? undefined : `postgres://${role}@${region}/${database}`),
}

const environmentOf = (id: string) => {
  const node = nodesFor('full').find((candidate) => candidate.id === id)
  return nodeEnvironment(node!, around)
}

test('a products node reads the replica of its region, if there is one', () => {
  expect(environmentOf('products-eu')).toMatchObject({
    FAULTLINE_NODE: 'products-eu',
    FAULTLINE_REGION: 'eu',
    FAULTLINE_PORT: '18003',
    FAULTLINE_DATABASE_URL: 'postgres://products@primary/products',
    FAULTLINE_DATABASE_REPLICA_URL: 'postgres://products@eu/products',
    FAULTLINE_DATABASE_REGION: 'na',
  })
  expect(environmentOf('products-na')).not.toHaveProperty('FAULTLINE_DATABASE_REPLICA_URL')
})

test('fulfilment works on the orders database under its own role', () => {
  expect(environmentOf('fulfilment-1')['FAULTLINE_DATABASE_URL']).toBe('postgres://fulfilment@primary/orders')
})

test('a ledger node has a folder of its own, and is told of the founders only when it is one', () => {
  expect(environmentOf('ledger-eu')).toMatchObject({
    FAULTLINE_LEDGER_DIR: '/data/ledger/ledger-eu',
    FAULTLINE_LEDGER_FOUNDERS: 'ledger-na,ledger-eu',
  })
  expect(environmentOf('ledger-asia')).not.toHaveProperty('FAULTLINE_LEDGER_FOUNDERS')
  expect(environmentOf('payments-1')).not.toHaveProperty('FAULTLINE_LEDGER_DIR')
})

test('secrets reach only the nodes that need them', () => {
  const holders = (name: string) =>
    nodesFor('full')
      .filter((node) => name in nodeEnvironment(node, around))
      .map((node) => node.kind)
  expect(new Set(holders('FAULTLINE_SESSION_SECRET'))).toEqual(new Set(['users', 'gateway']))
  expect(new Set(holders('FAULTLINE_DATABASE_URL'))).toEqual(
    new Set(['users', 'products', 'orders', 'payments', 'fulfilment']),
  )
  expect(holders('FAULTLINE_MEDIA_DIR')).toEqual(['media'])
})

test('delays hold in both directions and none for the anycast frontdoor', () => {
  const delays = regionDelays()
  expect(delays['na']?.['eu']).toBe(45)
  expect(delays['eu']?.['na']).toBe(45)
  expect(delays['asia']?.['eu']).toBe(100)
  expect(delays).not.toHaveProperty('global')
})
