// Policies that come with faults, over the control plane's own API and stream.
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ClientOf, createClient } from '../../../services/kit/http/client.ts'
import { createControlCaller } from '../../cli/control-caller.ts'
import { nodesFor } from '../../topology/nodes.ts'
import { controlApi } from '../contract.ts'
import { type ControlPlane, startControlPlane } from '../control-plane.ts'
import type { Supervision } from '../supervision.ts'
import { connectTestNode, type TestNode } from '../test-node.ts'

const token = 'a-token-for-this-test'

let plane: ControlPlane
let control: ClientOf<typeof controlApi>
let frontdoor: TestNode
beforeEach(async () => {
  plane = await startControlPlane(
    {
      log: pino({ level: 'silent' }),
      token,
      version: '0.1.0',
      size: 'small',
      startedAt: new Date(),
      supervision: {} as Supervision,
      urls: () => ({ console: '', shop: '', control: '', otlp: '', jaeger: '', prometheus: '' }),
    },
    { host: '127.0.0.1', port: 0 },
  )
  for (const node of nodesFor('small')) plane.registry.register(node, '127.0.0.1', 18_000)
  control = createClient(controlApi, createControlCaller(`http://127.0.0.1:${plane.port}`, token))
  frontdoor = await connectTestNode(plane.port, 'frontdoor-1', { token })
})
afterEach(async () => {
  frontdoor.close()
  await plane.close()
})

const discipline = async () => {
  const { kinds } = await control.getPolicies({ query: { kind: 'frontdoor' } })
  return { value: kinds[0]?.values['queueDiscipline'], isChanged: kinds[0]?.changed.includes('queueDiscipline') }
}
const told = () => frontdoor.documents.at(-1)?.faults[0]?.policies?.kind['queueDiscipline']

async function injectMetastable(): Promise<string> {
  const { id } = await control.injectFault({ body: { fault: 'metastable', forS: 60, parameters: {}, secret: false } })
  await vi.waitFor(() => expect(told()).toBe('fifo'))
  return id
}

test('they are in force while the fault is active, and gone with it', async () => {
  expect(await discipline()).toEqual({ value: 'deadline', isChanged: false })
  const id = await injectMetastable()
  expect(await discipline()).toEqual({ value: 'fifo', isChanged: true })
  await control.clearFault({ params: { id } })
  expect(await discipline()).toEqual({ value: 'deadline', isChanged: false })
  await vi.waitFor(() => expect(frontdoor.documents.at(-1)?.faults).toEqual([]))
})

test('a remedy goes before them though it is the default, and the rest stays bad', async () => {
  await injectMetastable()
  const change = { name: 'queueDiscipline', value: 'deadline', kind: 'frontdoor' }
  expect(await control.setPolicies({ body: { changes: [change] } })).toEqual({
    changed: [{ name: 'queueDiscipline', value: 'deadline', before: 'fifo', kind: 'frontdoor' }],
    applied: true,
  })
  expect(told()).toBeUndefined()
  expect(frontdoor.documents.at(-1)?.faults[0]?.policies?.kind).toMatchObject({ maxInFlight: 4 })
  expect(await discipline()).toEqual({ value: 'deadline', isChanged: false })
})

test('a reset goes before them, too', async () => {
  await injectMetastable()
  const { changed } = await control.resetPolicies({ query: { kind: 'frontdoor' } })
  expect(changed).toContainEqual({ name: 'maxInFlight', value: 1_000, before: 4, kind: 'frontdoor' })
  expect(frontdoor.documents.at(-1)?.faults[0]?.policies).toBeUndefined()
  expect(await discipline()).toEqual({ value: 'deadline', isChanged: false })
})
