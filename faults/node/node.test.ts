import { expect, test } from 'vitest'
import { eventLoopBlock } from '../app/event-loop-block.ts'
import { memoryLeak } from '../app/memory-leak.ts'
import type { Fault } from '../fault.ts'
import { createRandom } from '../random.ts'
import { clockSkew } from './clock-skew.ts'
import { cpu } from './cpu.ts'
import { crash } from './crash.ts'
import { fdExhaustion } from './fd-exhaustion.ts'
import { freeze } from './freeze.ts'
import { slowReplica } from './slow-replica.ts'

const onProcess = (fault: Fault, given: object, again = false) =>
  fault.acts.process?.({ again }, fault.parameters.parse(given), createRandom(1))

test.each([
  ['the first process dies at once', { everyS: 3 }, false, { kind: 'kill', afterMs: 0 }],
  ['the next one lives for a while', { everyS: 3 }, true, { kind: 'kill', afterMs: 3_000 }],
  ['one crash is one crash', { everyS: 0 }, true, { kind: 'none' }],
])('crash: %s', (_name, given, again, verdict) => {
  expect(onProcess(crash, given, again)).toEqual(verdict)
})

test.each([
  [freeze, {}, { kind: 'stop' }],
  [cpu, { threads: '3' }, { kind: 'burn', threads: 3 }],
  [fdExhaustion, { leave: 2 }, { kind: 'take-descriptors', leave: 2 }],
  [memoryLeak, { megabytesPerS: 2 }, { kind: 'retain', bytesPerS: 2_097_152 }],
  [eventLoopBlock, { blockMs: 500, everyMs: 100 }, { kind: 'block', forMs: 500, everyMs: 501 }],
])('$id does to the process what it says', (fault, given, verdict) => {
  expect(onProcess(fault, given)).toEqual(verdict)
})

test('a slow replica delays every request', () => {
  const parameters = slowReplica.parameters.parse({ delayMs: 400, jitterMs: 0 })
  expect(
    slowReplica.acts.inbound?.(
      { method: 'GET', path: '/', customerRegion: 'na', sinceMs: 0 },
      parameters,
      createRandom(1),
    ),
  ).toEqual({
    delayMs: 400,
  })
})

test('a clock is off by seconds, to either side', () => {
  expect(clockSkew.acts.clock?.(clockSkew.parameters.parse({ offsetS: -2.5 }))).toBe(-2_500)
})
