import { expect, test } from 'vitest'
import { parseSchedule, type Schedule } from '../../faults/schedules/schedule.ts'
import type { ClientOf } from '../../services/kit/http/client.ts'
import type { controlApi } from '../control-plane/contract.ts'
import { playSchedule } from './play.ts'

type Call = { name: string; request: Record<string, unknown>; atMs: number }

/** A control plane that notes what it is asked; `crash` it refuses. */
function fakeControl() {
  const calls: Call[] = []
  const begun = performance.now()
  const control = new Proxy(
    {},
    {
      get: (_, name: string) => async (request: { body?: { fault?: string }; params?: { id?: string } }) => {
        calls.push({ name, request, atMs: performance.now() - begun })
        if (request.body?.fault === 'crash') throw new Error('too many are active')
        return { id: `${request.body?.fault}-77` }
      },
    },
    // It answers what is asked of it here.
  ) as ClientOf<typeof controlApi>
  return { calls, control }
}

function scheduleOf(...events: object[]): Schedule {
  const head = { format: 'faultline-schedule', version: 1, size: 'small', seed: 3, load: 20, durationS: 1 }
  return parseSchedule(JSON.stringify({ ...head, events }), 'test')
}

const inject = { atS: 0.1, do: 'inject', id: 'mine', fault: 'latency', from: 'gateway', to: 'products', forS: 5 }

test('each event is asked of the control plane, in order, not before its time, by the name that it gave', async () => {
  const { calls, control } = fakeControl()
  const schedule = scheduleOf(
    { ...inject, seed: 9, secret: true },
    { atS: 0.2, do: 'set', name: 'timeoutMs', value: 5, callee: 'orders' },
    { atS: 0.3, do: 'change', id: 'mine', parameters: { delayMs: 4 } },
    { atS: 0.3, do: 'load', requestsPerSecond: 40 },
    { atS: 0.4, do: 'end', id: 'mine' },
    { atS: 0.5, do: 'clear', id: 'mine' },
    { atS: 0.6, do: 'scale', kind: 'orders', replicas: 2 },
    { atS: 0.6, do: 'kill', node: 'orders-1' },
    { atS: 0.7, do: 'reset', name: 'timeoutMs' },
    { atS: 0.7, do: 'reset' },
  )
  const { startMs } = await playSchedule(schedule, { control, signal: new AbortController().signal })
  expect(Date.now() - startMs).toBeGreaterThanOrEqual(990)
  const where = { fault: 'latency', from: 'gateway', to: 'products', target: undefined }
  expect(calls.map(({ name, request }) => [name, request])).toEqual([
    ['setLoad', { body: { requestsPerSecond: 20 } }],
    ['injectFault', { body: { ...where, parameters: {}, forS: 5, secret: true, seed: 9 } }],
    ['setPolicy', { params: { name: 'timeoutMs' }, body: { value: 5, callee: 'orders' } }],
    ['changeFault', { params: { id: 'latency-77' }, body: { parameters: { delayMs: 4 } } }],
    ['setLoad', { body: { requestsPerSecond: 40 } }],
    ['clearFault', { params: { id: 'latency-77' } }],
    ['scale', { body: { kind: 'orders', replicas: 2 } }],
    ['killNode', { params: { id: 'orders-1' } }],
    ['resetPolicy', { params: { name: 'timeoutMs' }, query: {} }],
    ['resetPolicies', { query: {} }],
  ])
  // Timers may be a millisecond early.
  const planned = [0, 100, 200, 300, 300, 500, 600, 600, 700, 700]
  for (const [index, { atMs }] of calls.entries()) expect(atMs).toBeGreaterThanOrEqual((planned[index] ?? 0) - 2)
})

test('an injection without a seed gets the same one each time, and another in another schedule', async () => {
  const seedIn = async (schedule: Schedule) => {
    const { calls, control } = fakeControl()
    await playSchedule(schedule, { control, signal: new AbortController().signal })
    const body = calls[1]?.request['body'] as { seed?: number } | undefined
    return body?.seed
  }
  const first = await seedIn(scheduleOf(inject))
  expect(first).toBeTypeOf('number')
  expect(await seedIn(scheduleOf(inject))).toBe(first)
  expect(await seedIn({ ...scheduleOf(inject), seed: 4 })).not.toBe(first)
})

test('what is refused is told, and the rest goes on', async () => {
  const { calls, control } = fakeControl()
  const told: string[] = []
  const schedule = scheduleOf(
    { ...inject, id: 'no', fault: 'crash' },
    { atS: 0.2, do: 'clear', id: 'no' },
    { atS: 0.3, do: 'kill', node: 'orders-1' },
  )
  await playSchedule(schedule, {
    control,
    signal: new AbortController().signal,
    onEvent: (event, refusal) => void told.push(`${event.do}${refusal === undefined ? '' : `: ${refusal}`}`),
  })
  expect(told).toEqual(['load', 'inject', 'inject: too many are active', 'clear', 'clear: too many are active', 'kill'])
  expect(calls.at(-1)?.name).toBe('killNode')
})

test('it can be broken off', async () => {
  const { calls, control } = fakeControl()
  const abort = new AbortController()
  const schedule = scheduleOf({ atS: 1, do: 'kill', node: 'orders-1' })
  await expect(
    playSchedule(schedule, { control, signal: abort.signal, onEvent: () => abort.abort() }),
  ).rejects.toMatchObject({ name: 'AbortError' })
  expect(calls.map(({ name }) => name)).toEqual(['setLoad'])
})
