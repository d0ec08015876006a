import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { captureLog } from '../../../test/captured-log.ts'
import { type Served, serve } from '../../../test/serve.ts'
import { until } from '../../../test/until.ts'
import { defineApi } from './api.ts'
import { currentScope, type RequestScope, remainingMs, untilScopeEnds, withoutScope, withScope } from './deadline.ts'
import { deadlineOf, ScopeEnded } from './request-scope.ts'
import { createRoutes } from './routes.ts'
import { createServiceApp } from './server.ts'

const api = defineApi({
  remaining: { method: 'GET', path: '/remaining', summary: 'How long is left', response: z.unknown() },
  hang: { method: 'GET', path: '/hang', summary: 'Never answers', response: z.unknown() },
})

let app: Served
let hanging: RequestScope[]
const { log, lines } = captureLog()

beforeEach(async () => {
  hanging = []
  lines.length = 0
  const routes = createRoutes(api, {
    remaining: () => ({ remainingMs: remainingMs() }),
    hang() {
      hanging.push(currentScope()!)
      return new Promise(() => {})
    },
  })
  const maxDeadlineMs = () => 5_000
  app = await serve(createServiceApp({ log, routes, defaultDeadlineMs: 2_000, maxDeadlineMs }))
})
afterEach(() => app.close())

const remaining = async (header?: string) => {
  const { json } = await app.send(
    'GET',
    '/remaining',
    header === undefined ? {} : { headers: { 'x-deadline-ms': header } },
  )
  return (json as { remainingMs: number }).remainingMs
}

test.each([
  ['the default without a header', undefined, 2_000],
  ['what the caller has left', '700', 700],
  ['the maximum when the caller asks for more', '60000', 5_000],
])('a request gets %s', async (_what, header, budgetMs) => {
  const leftMs = await remaining(header)
  expect(leftMs).toBeLessThanOrEqual(budgetMs)
  expect(leftMs).toBeGreaterThan(budgetMs / 2)
})

test.each(['soon', '-1', '1.5', '', '9999999999'])('the deadline %j is a 400 that names the header', async (header) => {
  const answer = await app.send('GET', '/remaining', { headers: { 'x-deadline-ms': header } })
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ field: 'x-deadline-ms' }] } })
})

test('a deadline that has passed is a 504 and reaches no handler', async () => {
  const answer = await app.send('GET', '/hang', { headers: { 'x-deadline-ms': '0' } })
  expect(answer).toMatchObject({ status: 504, json: { code: 'deadline_exceeded' } })
  expect(hanging).toEqual([])
})

test('a handler that takes longer than the deadline is cancelled and answered for', async () => {
  const answer = await app.send('GET', '/hang', { headers: { 'x-deadline-ms': '40' } })
  expect(answer).toMatchObject({ status: 504, json: { code: 'deadline_exceeded' } })
  expect(hanging[0]?.signal.reason).toMatchObject({ code: 'timeout' })
})

test('a client that goes away cancels the work, and is no failure of the node', async () => {
  const request = httpRequest(`${app.url}/hang`)
  request.on('error', () => {})
  request.end()
  const scope = await until('the request to arrive', () => hanging[0])
  expect(scope.signal.aborted).toBe(false)
  request.destroy()
  await until('the cancellation', () => scope.signal.aborted)
  expect(scope.signal.reason).toBeInstanceOf(ScopeEnded)
  expect(scope.signal.reason).toMatchObject({ code: 'cancelled' })
  expect(await remaining()).toBeGreaterThan(0)
  expect(lines).toEqual([])
})

test('an answered request leaves its signal alone when its time is over', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const routes = createRoutes(api, {
    remaining: () => signals.push(currentScope()?.signal),
    hang: () => new Promise(() => {}),
  })
  const other = await serve(createServiceApp({ log, routes, defaultDeadlineMs: 40 }))
  expect(await other.send('GET', '/remaining')).toMatchObject({ status: 200 })
  // Its deadline is later than that of the request before.
  expect(await other.send('GET', '/hang')).toMatchObject({ status: 504 })
  expect(signals).toHaveLength(1)
  expect(signals[0]?.aborted).toBe(false)
  await other.close()
})

test('scopes nest and can be left', () => {
  const scope = { deadlineAtMs: 1_000, signal: new AbortController().signal }
  withScope(scope, () => {
    expect(remainingMs(400)).toBe(600)
    expect(remainingMs(4_000)).toBe(0)
    withoutScope(() => expect(remainingMs()).toBeUndefined())
    expect(currentScope()).toBe(scope)
  })
  expect(currentScope()).toBeUndefined()
})

test('waiting ends with the scope, and work that is done first keeps its outcome', async () => {
  const abort = new AbortController()
  const scope = { deadlineAtMs: performance.now() + 1_000, signal: abort.signal }
  const outcomes = withScope(scope, () => [
    untilScopeEnds(Promise.resolve('done')),
    untilScopeEnds(Promise.reject(new Error('failed'))),
    untilScopeEnds(new Promise(() => {})),
  ])
  const settled = Promise.allSettled(outcomes)
  await Promise.allSettled(outcomes.slice(0, 2))
  abort.abort(new ScopeEnded('timeout'))
  expect(await settled).toMatchObject([
    { value: 'done' },
    { reason: { message: 'failed' } },
    { reason: { code: 'timeout' } },
  ])
  await expect(withScope(scope, () => untilScopeEnds(new Promise(() => {})))).rejects.toBe(abort.signal.reason)
})

test('the header is milliseconds', () => {
  expect(deadlineOf(undefined, 5)).toBe(5)
  expect(deadlineOf('250', 5)).toBe(250)
})
