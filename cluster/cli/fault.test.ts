import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClient } from '../../services/kit/http/client.ts'
import { controlApi } from '../control-plane/contract.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts'
import { nodesFor } from '../topology/nodes.ts'
import { createControlCaller } from './control-caller.ts'
import { registerFault } from './fault.ts'
import { createTestContext, runCommand } from './test-context.ts'

const token = 'a-token-for-this-test'
const urls = { console: '', shop: '', control: '', otlp: '', jaeger: '', prometheus: '' }
const never = () => Promise.reject(new Error('not in this test'))

let plane: ControlPlane
beforeEach(async () => {
  plane = await startControlPlane(
    {
      log: pino({ level: 'silent' }),
      token,
      version: '0.1.0',
      size: 'full',
      startedAt: new Date(),
      supervision: {
        processes: async () => [],
        scale: never,
        restart: never,
        kill: never,
        setSynchronousReplication: never,
        shutdown: () => {},
      },
      urls: () => urls,
    },
    { host: '127.0.0.1', port: 0 },
  )
  for (const node of nodesFor('full')) plane.registry.register(node, '127.0.0.1', 18_000)
})
afterEach(() => plane.close())

async function faultline(...args: string[]): Promise<string> {
  const context = createTestContext()
  const control = () => createClient(controlApi, createControlCaller(`http://127.0.0.1:${plane.port}`, token))
  await runCommand({ ...context, control }, registerFault, 'fault', ...args)
  return context.printed.join('\n')
}

test('inject, status, change, clear', async () => {
  const injected = await faultline(
    ...[
      'inject',
      'latency',
      '--from',
      'gateway-na',
      '--to',
      'orders',
      'delayMs=250',
      '--jitter-ms',
      '20',
      '--seed',
      '7',
      '--for',
      '90s',
    ],
  )
  expect(injected).toBe('latency-1 at gateway-na → orders, for 90 s, delayMs=250, jitterMs=20, seed 7')
  expect(await faultline('status')).toMatch(
    /^INJECTION .*\nlatency-1 +gateway-na → orders +90 s +delayMs=250 jitterMs=20$/,
  )
  expect(await faultline('change', 'latency-1', 'delayMs=10', '--for', '2m')).toMatch(
    /for 120 s, delayMs=10, jitterMs=20/,
  )
  expect(await faultline('clear', 'latency-1')).toBe('cleared latency-1')
  expect(await faultline('status')).toBe('nothing is broken on purpose')
})

test('clear takes the id of a fault for all its injections, and --all for everything', async () => {
  for (const target of ['orders-1', 'orders-2']) await faultline('inject', 'clock-skew', '--target', target)
  await faultline('inject', 'blackhole', '--from', 'eu', '--to', 'na', '--secret')
  expect(await faultline('status')).toMatch(/blackhole-3 .*secret/)
  expect(await faultline('clear', 'clock-skew')).toBe('cleared clock-skew-1, clock-skew-2')
  expect(await faultline('clear', '--all')).toBe('cleared blackhole-3')
  expect(await faultline('clear', '--all')).toBe('nothing was broken on purpose')
})

test('list and show tell what there is, as text and as JSON', async () => {
  expect(await faultline('list')).toMatch(/^FAULT +LAYER .*\nlatency +network +link regions/)
  const shown = await faultline('show', 'latency')
  expect(shown).toContain('delayMs = 300  1–30000 milliseconds; added to each chunk, one way')
  expect(shown).toContain('histogram_quantile')
  expect(shown).toContain('$ faultline policy set timeoutMs 250 --caller gateway --callee products')
  expect(JSON.parse(await faultline('show', 'crash', '--json'))).toMatchObject({ id: 'crash', layer: 'node' })
})

test.each([
  [['inject', 'latency', '--target', 'eu', 'delayMs=0'], /delayMs must be a number of milliseconds from 1 to 30000/],
  [['inject', 'latency', '--target', 'eu', 'delayMs'], /write delayMs=value/],
  [['inject', 'latenci', '--target', 'eu'], /there is no fault latenci; there are latency/],
  [['inject', 'crash', '--target', 'orders-9'], /there is no node, kind or region orders-9/],
  [['show', 'nothing'], /there is no fault nothing/],
  [['clear'], /name an injection, or give --all/],
  [['clear', 'latency-9'], /no fault latency-9 is active; active: none/],
])('%j fails with words that help', async (args, message) => {
  await expect(faultline(...args)).rejects.toThrow(message)
})
