import { expect, test } from 'vitest'
import { catalogue, findFault } from '../../../faults/catalogue.ts'
import { describeFault } from './describe-fault.ts'
import { type DatabaseServer, refusedByServers, refusedInContainers } from './refusals.ts'

const refusal = (id: string) => {
  const fault = findFault(id)
  return fault && refusedInContainers(fault, fault.parameters.parse({}))
}

test('what takes starting and stopping a server is refused, with what comes near it; all else is not', () => {
  expect(catalogue.map(({ id }) => id).filter((id) => refusal(id) !== undefined)).toEqual(['failover'])
  expect(refusal('failover')).toContain('npm start')
  expect(refusal('failover')).toContain('docker compose kill postgres-na')
})

const primary = { id: 'postgres-na', role: 'primary' } as const
const replica = { id: 'postgres-eu', role: 'replica' } as const

test('what takes a replica is refused where there is none', () => {
  const refused = (servers: readonly DatabaseServer[]) =>
    catalogue
      .filter((fault) => refusedByServers(fault, fault.parameters.parse({}), [primary.id, replica.id], servers))
      .map(({ id }) => id)
  expect(refused([primary])).toEqual(['stale-read', 'failover'])
  expect(refused([primary, replica])).toEqual([])
})

test.each([
  ['failover', replica.id, 'failover is a fault of the primary, and that is postgres-na'],
  ['failover', primary.id, undefined],
  ['stale-read', primary.id, 'stale-read is a fault of a replica, and that is postgres-eu'],
  ['stale-read', replica.id, undefined],
  ['disk-full', primary.id, undefined],
])('%s at %s', (id, target, why) => {
  const fault = findFault(id)
  expect(fault && refusedByServers(fault, fault.parameters.parse({}), [target], [primary, replica])).toBe(why)
})

test('a fault is described with the servers that take it', () => {
  const databases = (id: string) => {
    const fault = findFault(id)
    return fault && describeFault(fault, [primary, replica]).databases
  }
  expect(databases('failover')).toEqual([primary.id])
  expect(databases('stale-read')).toEqual([replica.id])
  expect(databases('disk-full')).toEqual([primary.id, replica.id])
  expect(databases('crash')).toEqual([])
})
