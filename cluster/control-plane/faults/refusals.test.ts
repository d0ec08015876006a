import { expect, test } from 'vitest'
import { catalogue, findFault } from '../../../faults/catalogue.ts'
import { refusedInContainers, refusedWithoutReplica } from './refusals.ts'

const refusal = (id: string) => {
  const fault = findFault(id)
  return fault && refusedInContainers(fault, fault.parameters.parse({}))
}

test('what takes starting and stopping a server is refused, with what comes near it; all else is not', () => {
  expect(catalogue.map(({ id }) => id).filter((id) => refusal(id) !== undefined)).toEqual(['failover'])
  expect(refusal('failover')).toContain('npm start')
  expect(refusal('failover')).toContain('docker compose kill postgres-na')
})

test('what takes a replica is refused where there is none', () => {
  const refused = (servers: number) =>
    catalogue
      .filter((fault) => refusedWithoutReplica(fault, fault.parameters.parse({}), servers) !== undefined)
      .map(({ id }) => id)
  expect(refused(1)).toEqual(['stale-read', 'failover'])
  expect(refused(3)).toEqual([])
})
