import { expect, test, vi } from 'vitest'
import type { Endpoint } from '../control/document.ts'
import { createFakeControl } from './fake-cluster.ts'
import { selectEndpoints } from './select-endpoints.ts'

const endpoint = (instance: string, region: 'na' | 'eu'): Endpoint => ({ instance, region, host: '127.0.0.1', port: 1 })
const [na, eu] = [endpoint('edge-na', 'na'), endpoint('edge-eu', 'eu')]

test('shows only the selected endpoints of the callee, live', () => {
  const control = createFakeControl({ endpoints: { edge: [na, eu], media: [na] } })
  let region = 'eu'
  const view = selectEndpoints(control, 'edge', (endpoints) => endpoints.filter((each) => each.region === region))
  expect(view.document()).toEqual({ ...control.document(), endpoints: { edge: [eu], media: [na] } })

  const listener = vi.fn()
  const stop = view.onChange(listener)
  control.set({ endpoints: { edge: [na] } })
  expect(listener).toHaveBeenLastCalledWith(expect.objectContaining({ version: 2, endpoints: { edge: [] } }))

  region = 'na'
  view.reselect()
  expect(listener).toHaveBeenLastCalledWith(expect.objectContaining({ version: 2, endpoints: { edge: [na] } }))

  stop()
  view.reselect()
  expect(listener).toHaveBeenCalledTimes(2)
})
