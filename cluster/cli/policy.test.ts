// The commands against a real control plane, with nobody connected to it.
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClient } from '../../services/kit/http/client.ts'
import { controlApi } from '../control-plane/contract.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts'
import { createControlCaller } from './control-caller.ts'
import { registerPolicy } from './policy.ts'
import { createTestContext, runCommand, type TestContext } from './test-context.ts'

const token = 'a-token-for-this-test'
const nobody = () => Promise.reject(new Error('not in this test'))
let plane: ControlPlane
let context: TestContext

beforeEach(async () => {
  plane = await startControlPlane(
    {
      log: pino({ level: 'silent' }),
      token,
      version: '0.1.0',
      size: 'small',
      startedAt: new Date(),
      supervision: {
        processes: async () => [],
        scale: nobody,
        restart: nobody,
        kill: nobody,
        setSynchronousReplication: async () => {},
        shutdown: () => {},
      },
      urls: () => ({ console: '', shop: '', control: '', otlp: '', jaeger: '', prometheus: '' }),
    },
    { host: '127.0.0.1', port: 0 },
  )
  const control = createClient(controlApi, createControlCaller(`http://127.0.0.1:${plane.port}`, token))
  context = { ...createTestContext(), control: () => control }
})
afterEach(() => plane.close())

async function policy(...args: string[]): Promise<string> {
  context.printed.length = 0
  await runCommand(context, registerPolicy, 'policy', ...args)
  return context.printed.join('\n')
}

test('the catalogue lists every policy by topic, with its default, its range and what is changed', async () => {
  expect(await policy('list')).toMatch(/\ntimeout\ntimeoutMs +call +1000 ms +1 to 60000\n[\s\S]*nothing is changed$/)
  await policy('set', 'queueDiscipline', 'fifo', '--kind', 'orders')
  expect(await policy('list')).toMatch(/changed:\n {2}queueDiscipline of orders: fifo$/)
})

test('a value is set where it is wanted, shown, and put back', async () => {
  const calls = ['--caller', 'gateway', '--callee', 'orders']
  expect(await policy('set', 'timeout-ms', '750', ...calls)).toBe('timeoutMs of gateway → orders: 750 ms (was 4000 ms)')
  expect(await policy('set', 'timeoutMs', '750', ...calls)).toBe('timeoutMs has that value already')
  expect(await policy('list', ...calls)).toMatch(
    /^gateway → orders\n[\s\S]*timeoutMs +750 ms +changed; 4000 ms by default\n/,
  )
  expect(await policy('show', 'timeoutMs')).toMatch(/range +1 to 60000[\s\S]*timeoutMs of gateway → orders: 750 ms/)
  expect(await policy('reset', 'timeoutMs')).toBe('timeoutMs of gateway → orders: 4000 ms (was 750 ms)')
  expect(await policy('reset', '--all')).toBe('nothing was changed')
})

test('switches are on or off; the whole cluster has settings, too', async () => {
  expect(await policy('set', 'idempotency', 'off', '--kind', 'payments')).toBe('idempotency of payments: off (was on)')
  expect(await policy('set', 'synchronousReplication', 'any')).toBe(
    'synchronousReplication of the cluster: any (was off)',
  )
  expect(await policy('reset', '--all')).toContain('idempotency of payments: on (was off)')
})

test('as JSON', async () => {
  const outcome = JSON.parse(await policy('set', 'breaker', 'off', '--callee', 'payments', '--json'))
  expect(outcome).toMatchObject({ changed: [{ name: 'breaker', value: false, caller: 'orders' }], applied: true })
  expect(JSON.parse(await policy('list', '--kind', 'orders', '--json'))).toMatchObject({ kinds: [{ kind: 'orders' }] })
})

test.each([
  [['set', 'timeoutMs', 'soon'], 'timeoutMs must be a whole number of ms from 1 to 60000; it was "soon"'],
  [['set', 'timeoutMs', '0'], 'timeoutMs must be a whole number of ms from 1 to 60000'],
  [['set', 'breaker', 'maybe'], 'breaker must be true (on) or false (off)'],
  [['set', 'queueDiscipline', 'random'], 'queueDiscipline must be one of deadline, fifo, lifo'],
  [['set', 'jitter', 'off'], 'there is no policy jitter; did you mean retryJitter, ttlJitter'],
  [['set', 'timeoutMs', '5', '--caller', 'nobody'], '--caller: there is no kind nobody'],
  [['set', 'timeoutMs', '5', '--caller', 'orders', '--callee', 'users'], 'orders does not call users'],
  [['set', 'timeoutMs', '5', '--kind', 'orders'], 'name a caller and a callee'],
  [['reset'], 'name a policy, or give --all'],
  [['reset', 'breaker', '--all'], 'name a policy, or give --all'],
])('%j is refused: %s', async (args, message) => {
  await expect(policy(...args)).rejects.toThrow(message)
})
