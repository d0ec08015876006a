import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { registerReplay } from './replay.ts'
import { parseFaultParameter, parseSetting } from './replay-arguments.ts'
import { createTestContext, runCommand } from './test-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['retryBudget=on', { name: 'retryBudget', value: true }],
  ['queue-length=20@frontdoor', { name: 'queueLength', value: 20, kind: 'frontdoor' }],
  ['timeoutMs=750@gateway>orders', { name: 'timeoutMs', value: 750, caller: 'gateway', callee: 'orders' }],
  ['timeoutMs=750@>orders', { name: 'timeoutMs', value: 750, callee: 'orders' }],
])('--set %s', (text, expected) => {
  expect(parseSetting(text)).toEqual(expected)
})

test.each([
  ['retryBudget', /write policy=value/],
  ['patience=3', /there is no policy patience/],
  ['timeoutMs=soon', /timeoutMs must be/],
])('--set %s is refused', (text, message) => {
  expect(() => parseSetting(text)).toThrow(message)
})

test('--fault takes a fault or an injection, and a parameter', () => {
  expect(parseFaultParameter('latency.delayMs=800')).toEqual({ id: 'latency', parameter: 'delayMs', value: '800' })
  expect(() => parseFaultParameter('latency=800')).toThrow('fault.parameter=value')
})

const plan = { format: 'faultline-schedule', version: 1, size: 'small', seed: 1, load: 1, durationS: 5 }
const storm = { atS: 1, do: 'inject', id: 'a', fault: 'retry-storm', target: 'products', forS: 2 }

test.each([
  ['another file', { hello: 1 }, [], /is no schedule that can be played:\n {2}format: must be/],
  [
    'an unknown fault',
    { ...plan, events: [{ ...storm, fault: 'x' }] },
    [],
    /can't be played:\n {2}events\[0\].*no fault x/,
  ],
  ['nothing to leave out', { ...plan, events: [storm] }, ['--without', 'crash'], /injects no crash; it injects a/],
  [
    'a parameter of another fault',
    { ...plan, events: [storm] },
    ['--fault', 'a.depth=1'],
    /depth is no parameter of retry-storm/,
  ],
  [
    'a policy at a place that it has not',
    { ...plan, events: [] },
    ['--set', 'hedging=on@media'],
    /hedging is a setting of calls/,
  ],
])('%s ends before anything is started', async (what, content, args, message) => {
  const file = join(folder, `${what}.json`)
  writeFileSync(file, JSON.stringify(content))
  // There is no installation from which a cluster could be started.
  await expect(runCommand(createTestContext(), registerReplay, 'replay', file, ...args)).rejects.toThrow(message)
})
