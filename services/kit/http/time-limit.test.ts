import { expect, test } from 'vitest'
import { currentScope, remainingMs, withScope } from './deadline.ts'
import { ScopeEnded } from './request-scope.ts'
import { withTimeLimit } from './time-limit.ts'

const never = () => new Promise<never>(() => {})

test('work that is done in time keeps its outcome', async () => {
  expect(await withTimeLimit(60_000, async () => 'done')).toBe('done')
  await expect(withTimeLimit(60_000, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
})

test('work that takes longer is cancelled, the request around it is not', async () => {
  const outer = { deadlineAtMs: performance.now() + 60_000, signal: new AbortController().signal }
  let inner: AbortSignal | undefined
  const limited = withScope(outer, () =>
    withTimeLimit(20, () => {
      inner = currentScope()?.signal
      return never()
    }),
  )
  await expect(limited).rejects.toMatchObject({ code: 'timeout' })
  expect(inner?.aborted).toBe(true)
  expect(outer.signal.aborted).toBe(false)
})

test('the end of the request ends the work, and its deadline counts when it is sooner', async () => {
  const abort = new AbortController()
  const outer = { deadlineAtMs: performance.now() + 1_000, signal: abort.signal }
  let leftMs: number | undefined
  const limited = withScope(outer, () =>
    withTimeLimit(60_000, () => {
      leftMs = remainingMs()
      return never()
    }),
  )
  expect(leftMs).toBeLessThanOrEqual(1_000)
  abort.abort(new ScopeEnded('cancelled'))
  await expect(limited).rejects.toMatchObject({ code: 'cancelled' })
  await expect(withScope(outer, () => withTimeLimit(60_000, never))).rejects.toMatchObject({ code: 'cancelled' })
})
