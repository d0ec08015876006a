import { expect, test } from 'vitest'
import { catalogue, findFault } from '../../../faults/catalogue.ts'
import { refusedInContainers } from './container-faults.ts'

const refusal = (id: string) => {
  const fault = findFault(id)
  return fault && refusedInContainers(fault, fault.parameters.parse({}))
}

test('what takes starting and stopping a server is refused, with what comes near it; all else is not', () => {
  expect(catalogue.map(({ id }) => id).filter((id) => refusal(id) !== undefined)).toEqual(['failover'])
  expect(refusal('failover')).toContain('npm start')
  expect(refusal('failover')).toContain('docker compose kill postgres-na')
})
