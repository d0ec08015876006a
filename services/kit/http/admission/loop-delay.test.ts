import { expect, test } from 'vitest'
import { until } from '../../../../test/until.ts'
import { LoopDelay } from './loop-delay.ts'

test('a block is seen at once, and forgotten when the loop is on time again', async () => {
  const delay = new LoopDelay()
  delay.now()
  const sinceMs = performance.now()
  while (performance.now() - sinceMs < 200);
  expect(delay.now()).toBeGreaterThan(150)
  await until('the loop to be on time', () => delay.now() < 100)
  delay.stop()
})
