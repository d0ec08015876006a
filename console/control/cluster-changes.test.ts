import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchChanges } from './cluster-changes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('document', { visibilityState: 'visible' })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('looks again twice after a change, not for what was there before, and not when it is over', async () => {
  let last = 'before'
  const look = vi.fn()
  const stop = watchChanges(look, async () => last)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(look).not.toHaveBeenCalled()
  last = 'a fault'
  await vi.advanceTimersByTimeAsync(3_000)
  expect(look).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(look).toHaveBeenCalledTimes(2)
  last = 'its end'
  await vi.advanceTimersByTimeAsync(1_100)
  stop()
  await vi.advanceTimersByTimeAsync(30_000)
  expect(look).toHaveBeenCalledTimes(2)
})

test('a control plane that does not answer for a while has changed nothing; nobody is asked while nobody looks', async () => {
  const asked = vi.fn(async () => 'the same')
  const look = vi.fn()
  const stop = watchChanges(look, asked)
  await vi.advanceTimersByTimeAsync(1_500)
  asked.mockRejectedValueOnce(new Error('gone'))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(look).not.toHaveBeenCalled()
  vi.stubGlobal('document', { visibilityState: 'hidden' })
  const before = asked.mock.calls.length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked).toHaveBeenCalledTimes(before)
  stop()
})
