import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withScope } from '../kit/http/deadline.ts'
import { defaultKindPolicy, type KindPolicy } from '../kit/policies/kind-policy.ts'
import { cacheStatus, type OriginAnswer } from './domain.ts'
import { createHttpCache } from './http-cache.ts'

const startMs = 1_700_000_000_000
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: startMs })
})
afterEach(() => {
  vi.useRealTimers()
})
const later = (seconds: number) => vi.setSystemTime(startMs + seconds * 1_000)

type Answer = { status?: number; body?: string; headers?: Record<string, string> }
type Reply = Answer | Error | ((headers: Record<string, string>) => Answer | Promise<Answer>)

/** A cache in front of an origin that gives the replies in turn, the last one again and again. */
function setUp(replies: Reply[], maxBytes = 1024 * 1024, policy: Partial<KindPolicy> = {}) {
  const cache = createHttpCache({ maxBytes, policy: () => ({ ...defaultKindPolicy, ...policy }) })
  const asked: Record<string, string>[] = []
  const fetch = async (headers: Record<string, string>): Promise<OriginAnswer> => {
    const reply = replies[Math.min(asked.length, replies.length - 1)]
    asked.push(headers)
    if (reply instanceof Error) throw reply
    const {
      status = 200,
      body = 'body',
      headers: answerHeaders = {},
    } = (typeof reply === 'function' ? await reply(headers) : reply) ?? {}
    return { status, body: Buffer.from(body), headers: { date: new Date().toUTCString(), ...answerHeaders } }
  }
  /** `200 body | edge; hit; ttl=42` */
  const get = async (url = '/a', headers: Record<string, string> = {}, method = 'GET') => {
    const { answer, verdict } = await cache.answer({ method, url, headers }, fetch)
    return `${answer.status} ${answer.body} | ${cacheStatus('edge', verdict)}`
  }
  return { cache, asked, fetch, get }
}

/** A reply that waits until it is let go. */
function held(answer: Answer | Error) {
  let release = () => {}
  const waiting = new Promise<void>((resolve) => {
    release = resolve
  })
  const reply = async () => {
    await waiting
    if (answer instanceof Error) throw answer
    return answer
  }
  return { reply, release: () => release() }
}

const fresh = { headers: { 'cache-control': 'public, max-age=60, stale-if-error=600', etag: '"1"' } }

test('a fresh answer is fetched once, and says its age', async () => {
  const { cache, asked, fetch, get } = setUp([fresh])
  expect(await get()).toBe('200 body | edge; fwd=uri-miss; fwd-status=200; stored')
  later(20)
  expect(await get()).toBe('200 body | edge; hit; ttl=40')
  const { answer } = await cache.answer({ method: 'GET', url: '/a', headers: {} }, fetch)
  expect(answer.headers).toMatchObject({ age: '20', etag: '"1"' })
  expect(asked).toHaveLength(1)
})

test('each URL with its query is an entry of its own', async () => {
  const { asked, get } = setUp([fresh])
  for (const url of ['/a', '/b', '/a?x=1', '/a']) await get(url)
  expect(asked).toHaveLength(3)
})

test('a stale answer is revalidated, and kept when it is confirmed', async () => {
  const { asked, get } = setUp([fresh, { status: 304, body: '', headers: fresh.headers }])
  await get()
  later(61)
  expect(await get()).toBe('200 body | edge; fwd=stale; fwd-status=304; stored')
  expect(asked[1]).toEqual({ 'if-none-match': '"1"' })
  expect(await get()).toBe('200 body | edge; hit; ttl=60')
})

test('a stale answer is replaced when the origin has a new one', async () => {
  const { get } = setUp([fresh, { body: 'new', headers: { ...fresh.headers, etag: '"2"' } }])
  await get()
  later(61)
  expect(await get()).toBe('200 new | edge; fwd=stale; fwd-status=200; stored')
  expect(await get()).toBe('200 new | edge; hit; ttl=60')
})

test('a confirmation of another version than the stored one is not believed', async () => {
  const other = { status: 304, body: '', headers: { ...fresh.headers, etag: '"9"' } }
  const { asked, get } = setUp([fresh, other, { body: 'new', headers: fresh.headers }])
  await get()
  later(61)
  expect(await get()).toBe('200 new | edge; fwd=stale; fwd-status=200; stored')
  expect(asked[2]).toEqual({})
})

test('while it may, a stale answer is given at once and refreshed behind it', async () => {
  const headers = { 'cache-control': 'max-age=60, stale-while-revalidate=100' }
  const { asked, get } = setUp([{ headers }, { body: 'new', headers }])
  await get()
  later(61)
  expect(await get()).toBe('200 body | edge; hit; ttl=-1; detail=stale-while-revalidate')
  expect(asked).toHaveLength(2)
  expect(await get()).toBe('200 new | edge; hit; ttl=60')
})

test.each<[string, Reply]>([
  ['gives no answer', new Error('no answer')],
  ['answers 503', { status: 503, body: 'down' }],
  ['answers 500', { status: 500, body: 'bug' }],
])('a stale answer stands in while the origin %s, as long as it may', async (_, failure) => {
  const { get } = setUp([fresh, failure, failure, fresh])
  await get()
  later(100)
  expect(await get()).toBe('200 body | edge; hit; ttl=-40; detail=stale-if-error')
  later(700)
  if (failure instanceof Error) await expect(get()).rejects.toThrow('no answer')
  else expect(await get()).toMatch(/^50[03] .* fwd=stale; fwd-status=50[03]$/)
  expect(await get()).toContain('200 body')
})

test('with nothing to stand in, a failure is passed on and not stored', async () => {
  const { asked, get } = setUp([new Error('no answer'), { status: 503, body: 'down' }, fresh])
  await expect(get()).rejects.toThrow('no answer')
  expect(await get()).toBe('503 down | edge; fwd=uri-miss; fwd-status=503')
  expect(await get()).toContain('stored')
  expect(asked).toHaveLength(3)
})

test('concurrent misses make one fetch', async () => {
  const origin = held(fresh)
  const { asked, get } = setUp([origin.reply])
  const answers = [1, 2, 3, 4].map(() => get())
  origin.release()
  const [first, ...others] = await Promise.all(answers)
  expect(first).toBe('200 body | edge; fwd=uri-miss; fwd-status=200; stored')
  expect(new Set(others)).toEqual(new Set(['200 body | edge; fwd=uri-miss; fwd-status=200; stored; collapsed']))
  expect(asked).toHaveLength(1)
})

test('concurrent misses share a failure, too', async () => {
  const origin = held(new Error('no answer'))
  const { asked, get } = setUp([origin.reply])
  const answers = Promise.allSettled([get(), get(), get()])
  origin.release()
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(asked).toHaveLength(1)
})

test('an answer that may not be stored is never shared, and nobody waits for such a URL again', async () => {
  const first = held({ body: 'for the first', headers: { 'cache-control': 'private' } })
  const { asked, get } = setUp([first.reply, { body: 'for another', headers: { 'cache-control': 'private' } }])
  const answers = [get(), get(), get()]
  first.release()
  expect(await Promise.all(answers)).toEqual([
    '200 for the first | edge; fwd=uri-miss; fwd-status=200',
    '200 for another | edge; fwd=uri-miss; fwd-status=200',
    '200 for another | edge; fwd=uri-miss; fwd-status=200',
  ])
  const again = [get(), get()]
  expect(asked).toHaveLength(5)
  await Promise.all(again)
})

test('who waits for a fetch of somebody who leaves makes it themselves', async () => {
  const first = held(new Error('cancelled'))
  const { asked, get } = setUp([first.reply, fresh])
  const abort = new AbortController()
  const scope = { deadlineAtMs: performance.now() + 60_000, signal: abort.signal }
  const left = expect(withScope(scope, () => get())).rejects.toThrow('cancelled')
  const stayed = [get(), get()]
  abort.abort()
  first.release()
  await left
  expect(await Promise.all(stayed)).toEqual([
    '200 body | edge; fwd=uri-miss; fwd-status=200; stored',
    '200 body | edge; fwd=uri-miss; fwd-status=200; stored; collapsed',
  ])
  expect(asked).toHaveLength(2)
})

test('who is logged in neither waits for others nor has others wait, and their private answers stay theirs', async () => {
  const origin = held({ body: 'mine', headers: { 'cache-control': 'max-age=60' } })
  const { asked, get } = setUp([origin.reply])
  const answers = [get('/me', { authorization: 'a' }), get('/me', { authorization: 'b' })]
  expect(asked).toHaveLength(2)
  origin.release()
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['200 mine | edge; fwd=uri-miss; fwd-status=200']))
  expect(await get('/me', { authorization: 'a' })).not.toContain('hit')
})

test('who is logged in shares what is public', async () => {
  const { get } = setUp([fresh])
  expect(await get('/a', { authorization: 'a' })).toContain('stored')
  expect(await get('/a', { authorization: 'b' })).toContain('hit')
  expect(await get('/a')).toContain('hit')
})

test('to read one’s writes goes past the cache and leaves it as it is', async () => {
  const { asked, get } = setUp([fresh, { body: 'newest', headers: fresh.headers }])
  await get()
  const headers = { 'x-read-after': '0/16B3748', 'if-none-match': '"0"' }
  expect(await get('/a', headers)).toBe('200 newest | edge; fwd=request; fwd-status=200')
  expect(asked[1]).toEqual(headers)
  expect(await get()).toBe('200 body | edge; hit; ttl=60')
})

test('other methods go past the cache', async () => {
  const { get } = setUp([fresh])
  await get()
  expect(await get('/a', {}, 'POST')).toBe('200 body | edge; fwd=method; fwd-status=200')
})

test('HEAD uses what is stored and stores nothing', async () => {
  const { asked, get } = setUp([fresh])
  expect(await get('/a', {}, 'HEAD')).toBe('200 body | edge; fwd=uri-miss; fwd-status=200')
  await get()
  expect(await get('/a', {}, 'HEAD')).toBe('200 body | edge; hit; ttl=60')
  expect(asked).toHaveLength(2)
})

test('validators of one customer do not make a 304 for all', async () => {
  const { asked, get } = setUp([fresh])
  expect(await get('/a', { 'if-none-match': '"1"', range: 'bytes=0-1' })).toContain('200 body')
  expect(asked).toEqual([{}])
})

test('an answer that must be revalidated always is asked for once each time', async () => {
  const { asked, get } = setUp([{ headers: { 'cache-control': 'max-age=60, must-revalidate' } }])
  expect(await get()).toContain('200 body')
  expect(await get()).toContain('200 body')
  expect(asked).toHaveLength(2)
})

test('one variant is not given for another', async () => {
  const headers = { 'cache-control': 'max-age=60', vary: 'accept' }
  const { get } = setUp([(asked) => ({ body: asked.accept ?? '', headers })])
  expect(await get('/a', { accept: 'x' })).toContain('200 x')
  expect(await get('/a', { accept: 'y' })).toBe('200 y | edge; fwd=vary-miss; fwd-status=200; stored')
  expect(await get('/a', { accept: 'y' })).toContain('hit')
})

test('the store is bounded in bytes, and one answer may take an eighth of it', async () => {
  const { cache, get } = setUp([{ body: 'x'.repeat(4_000), headers: fresh.headers }], 100_000)
  for (let i = 0; i < 100; i += 1) await get(`/${i}`)
  const { entries, bytes } = cache.snapshot()
  expect(bytes).toBeLessThanOrEqual(100_000)
  expect(bytes).toBeGreaterThan(90_000)
  expect(entries).toBeGreaterThanOrEqual(16)
  expect(await get('/99')).toContain('hit')

  const { get: getHuge } = setUp([{ body: 'x'.repeat(20_000), headers: fresh.headers }], 100_000)
  await getHuge()
  expect(await getHuge()).toContain('fwd=uri-miss')
})

test('without single flight each asks for himself', async () => {
  const { reply, release } = held(fresh)
  const { asked, get } = setUp([reply], 1024 * 1024, { singleFlight: false })
  const answers = Promise.all([get(), get(), get()])
  release()
  expect(new Set(await answers)).toEqual(new Set(['200 body | edge; fwd=uri-miss; fwd-status=200; stored']))
  expect(asked).toHaveLength(3)
  expect(await get()).toBe('200 body | edge; hit; ttl=60')
})

test('when stale answers are not to be served, they are waited for, and failures are passed on', async () => {
  const headers = { 'cache-control': 'max-age=60, stale-while-revalidate=100, stale-if-error=600' }
  const replies = [{ headers }, { body: 'new', headers }, new Error('no answer')]
  const { get } = setUp(replies, 1024 * 1024, { serveStale: false })
  await get()
  later(61)
  expect(await get()).toBe('200 new | edge; fwd=stale; fwd-status=200; stored')
  later(130)
  await expect(get()).rejects.toThrow('no answer')
})
