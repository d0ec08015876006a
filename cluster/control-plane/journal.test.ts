import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ClientOf, createClient } from '../../services/kit/http/client.ts'
import { createControlCaller } from '../cli/control-caller.ts'
import { nodesFor } from '../topology/nodes.ts'
import { controlApi } from './contract.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { Journal } from './journal.ts'

const token = 'a-token-for-this-test'
const urls = { console: '', shop: '', control: '', otlp: '', jaeger: '', prometheus: '' }

let plane: ControlPlane
let control: ClientOf<typeof controlApi>
beforeEach(async () => {
  plane = await startControlPlane(
    {
      log: pino({ level: 'silent' }),
      token,
      version: '0.1.0',
      size: 'small',
      seed: 42,
      startedAt: new Date(),
      supervision: {
        processes: async () => [],
        scale: async () => ({ added: ['media-2'], removed: [] }),
        restart: async () => {},
        kill: async (id) => {
          if (id !== 'media-1') throw new Error('no such node')
          return { pid: 1 }
        },
        setSynchronousReplication: async () => {},
        shutdown: () => {},
      },
      urls: () => urls,
    },
    { host: '127.0.0.1', port: 0 },
  )
  for (const node of nodesFor('small')) plane.registry.register(node, '127.0.0.1', 18_000)
  control = createClient(controlApi, createControlCaller(`http://127.0.0.1:${plane.port}`, token))
})
afterEach(() => plane.close())

test('every change is noted in full, in order, with its time; secret faults and drawn seeds, too', async () => {
  const fromMs = Date.now()
  await control.setLoad({ body: { requestsPerSecond: 12 } })
  const fault = {
    fault: 'latency',
    from: 'gateway',
    to: 'products',
    parameters: { delayMs: 5 },
    forS: 30,
    secret: true,
  }
  const injected = await control.injectFault({ body: fault })
  await control.changeFault({ params: { id: injected.id }, body: { parameters: { delayMs: 9 } } })
  await control.setPolicies({ body: { changes: [{ name: 'timeoutMs', value: 900, caller: 'gateway' }] } })
  await control.resetPolicy({ params: { name: 'timeoutMs' }, query: {} })
  await control.resetPolicies({ query: { kind: 'orders' } })
  await control.killNode({ params: { id: 'media-1' } })
  await control.scale({ body: { kind: 'edge', replicas: 2 } })
  await control.restartNode({ params: { id: 'media-1' } })
  await control.clearFaults({})
  const journal = await control.getJournal({})
  expect(journal).toMatchObject({ size: 'small', seed: 42, fullAtMs: null })
  expect(journal.entries.map(({ change }) => change)).toEqual([
    { do: 'load', requestsPerSecond: 12 },
    {
      ...{ do: 'inject', id: 'latency-1', fault: 'latency', from: 'gateway', to: 'products' },
      ...{ parameters: { delayMs: 5, jitterMs: 0 }, forS: 30, seed: injected.seed, secret: true },
    },
    { do: 'change', id: 'latency-1', parameters: { delayMs: 9 } },
    { do: 'set', name: 'timeoutMs', value: 900, caller: 'gateway' },
    { do: 'reset', name: 'timeoutMs' },
    { do: 'reset', kind: 'orders' },
    { do: 'kill', node: 'media-1' },
    { do: 'scale', kind: 'edge', replicas: 2 },
    { do: 'restart', node: 'media-1' },
    { do: 'clear', id: 'latency-1' },
  ])
  for (const { atMs } of journal.entries) {
    expect(atMs).toBeGreaterThanOrEqual(fromMs)
    expect(atMs).toBeLessThanOrEqual(journal.nowMs)
  }
})

test('what was refused is not noted', async () => {
  await expect(control.killNode({ params: { id: 'nobody' } })).rejects.toThrow()
  await expect(control.setPolicy({ params: { name: 'nothing' }, body: { value: 1 } })).rejects.toThrow()
  const body = { fault: 'latency', target: 'nobody', parameters: {}, forS: 1, secret: false }
  await expect(control.injectFault({ body })).rejects.toThrow()
  expect((await control.getJournal({})).entries).toEqual([])
})

test('a full journal keeps its beginning, and says since when it lacks something', () => {
  let nowMs = 0
  const journal = new Journal({ capacity: 2, now: () => ++nowMs })
  for (const requestsPerSecond of [1, 2, 3, 4]) journal.add({ do: 'load', requestsPerSecond })
  expect(journal.entries().map(({ atMs }) => atMs)).toEqual([1, 2])
  expect(journal.fullAtMs).toBe(3)
})
