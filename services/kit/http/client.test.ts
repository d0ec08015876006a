import { expect, test } from 'vitest'
import { z } from 'zod'
import { fails, fakeCaller } from '../../../test/fake-caller.ts'
import type { CallFailureReason } from '../calls/caller.ts'
import { defineApi } from './api.ts'
import { createClient, fillPath } from './client.ts'

const api = defineApi({
  find: {
    method: 'GET',
    path: '/shelves/:shelf/things/:thing',
    summary: 'Find',
    params: z.object({ shelf: z.string(), thing: z.string() }),
    query: z.object({ limit: z.number().optional(), tag: z.array(z.string()).optional() }),
    headers: z.object({ 'x-read-after': z.string().optional() }),
    response: z.object({ name: z.string() }),
  },
  make: {
    method: 'POST',
    path: '/things',
    summary: 'Make',
    body: z.object({ name: z.string() }),
    response: z.unknown(),
  },
  order: { method: 'POST', path: '/orders', summary: 'Order', response: z.unknown(), idempotent: true },
})

test('a request is written as the table says', async () => {
  const caller = fakeCaller('things', {
    'GET /shelves/:shelf/things/:thing': { body: { name: 'cup' } },
    'POST /things': { status: 201, body: { id: 1 } },
    'POST /orders': { status: 204 },
  })
  const client = createClient(api, caller)
  const found = await client.find({
    params: { shelf: 'a/b', thing: '?' },
    query: { tag: ['x', 'y&z'] },
    headers: { 'x-read-after': '0/1' },
  })
  expect(found).toEqual({ name: 'cup' })
  await client.find({ params: { shelf: 'a', thing: 'b' }, query: {}, headers: { 'x-read-after': undefined } })
  expect(await client.make({ body: { name: 'cup' } })).toEqual({ id: 1 })
  expect(await client.order({})).toBeUndefined()
  const get = { method: 'GET', route: '/shelves/:shelf/things/:thing', idempotent: true }
  expect(caller.requests).toEqual([
    { ...get, path: '/shelves/a%2Fb/things/%3F?tag=x&tag=y%26z', headers: { 'x-read-after': '0/1' } },
    { ...get, path: '/shelves/a/things/b', headers: {} },
    {
      method: 'POST',
      route: '/things',
      path: '/things',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"cup"}',
      idempotent: false,
    },
    { method: 'POST', route: '/orders', path: '/orders', headers: {}, idempotent: true },
  ])
})

const problem = { type: 'about:blank', title: 'x', status: 409, code: 'taken', detail: 'is taken' }

test.each([
  ['its own problem for a 4xx', 409, { ...problem, errors: [{ field: 'name', message: 'taken' }] }, 409, 'taken'],
  ['a 4xx without a problem', 404, 'nothing here', 404, 'callee_refused'],
  ['a 4xx with something else for a problem', 404, { code: 7, errors: 'many' }, 404, 'callee_refused'],
  ['a 4xx with null', 404, 'null', 404, 'callee_refused'],
  ['a failure', 500, { ...problem, status: 500, detail: 'at secret.ts:1' }, 502, 'callee_failed'],
  ['an overload', 503, '', 503, 'callee_failed'],
  ['a deadline passed further down', 504, '', 504, 'deadline_exceeded'],
  ['a redirect, which nobody sends', 302, '', 502, 'callee_failed'],
  ['a success that is not JSON', 200, '<html>', 502, 'callee_failed'],
])('%s (%i) becomes an HttpError', async (_what, status, body, expectedStatus, code) => {
  const client = createClient(api, fakeCaller('things', { 'POST /things': { status, body } }))
  const error = await client.make({ body: { name: 'cup' } }).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ name: 'HttpError', status: expectedStatus, code })
  expect(String(error)).not.toContain('secret')
  if (code === 'taken')
    expect(error).toMatchObject({ message: 'is taken', fields: [{ field: 'name', message: 'taken' }] })
})

test.each<[CallFailureReason, number, string]>([
  ['no_endpoint', 503, 'callee_unavailable'],
  ['connect', 503, 'callee_unavailable'],
  ['reset', 503, 'callee_unavailable'],
  ['breaker_open', 503, 'callee_unavailable'],
  ['overloaded', 503, 'callee_unavailable'],
  ['timeout', 504, 'deadline_exceeded'],
  ['cancelled', 504, 'deadline_exceeded'],
])('no answer because of %s is a %i', async (reason, status, code) => {
  const client = createClient(api, fakeCaller('things', { 'POST /orders': fails('things', reason) }))
  await expect(client.order({})).rejects.toMatchObject({ status, code, cause: { reason } })
})

test('a fault of the caller itself is passed on as it is', async () => {
  const fault = new TypeError('a bug')
  const client = createClient(api, { callee: 'things', call: () => Promise.reject(fault) })
  await expect(client.order({})).rejects.toBe(fault)
})

test('a path parameter that is missing is the caller’s error', () => {
  expect(() => fillPath('/a/:b', {})).toThrow('path parameter b of /a/:b is missing')
  expect(fillPath('/a/:b/c', { b: 'ü' })).toBe('/a/%C3%BC/c')
})
