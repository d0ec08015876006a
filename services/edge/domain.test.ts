import CachePolicy from 'http-cache-semantics'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  answersRegardlessOfAge,
  bypassReason,
  cacheStatus,
  freshForS,
  isOriginError,
  mayServeOnError,
  mayStore,
  sharedHeaders,
  type Verdict,
} from './domain.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

const request = { method: 'GET', url: '/images/p-0001.svg', headers: { accept: 'image/*' } }
const policyOf = (cacheControl: string | undefined, more: Record<string, string> = {}, from = request, status = 200) =>
  new CachePolicy(from, { status, headers: { ...(cacheControl ? { 'cache-control': cacheControl } : {}), ...more } })
const later = (seconds: number) => vi.setSystemTime(1_700_000_000_000 + seconds * 1_000)

test.each<[string, Record<string, string>, string | undefined]>([
  ['GET', {}, undefined],
  ['HEAD', {}, undefined],
  ['GET', { authorization: 'Bearer t' }, undefined],
  ['GET', { 'x-read-after': '0/16B3748' }, 'request'],
  ['POST', {}, 'method'],
  ['DELETE', { 'x-read-after': '0/16B3748' }, 'method'],
])('%s %o goes past the cache because of: %s', (method, headers, expected) => {
  expect(bypassReason({ method, url: '/', headers })).toBe(expected)
})

test('what would make an answer one customer’s own is left out of a shared request', () => {
  const own = {
    range: 'bytes=0-1',
    'if-range': '"1"',
    'if-none-match': '"1"',
    'if-modified-since': 'x',
    'if-match': '"1"',
  }
  expect(sharedHeaders({ ...own, accept: 'image/*', 'cache-control': 'no-cache' })).toEqual({
    accept: 'image/*',
    'cache-control': 'no-cache',
  })
})

test.each<[string | undefined, number, boolean]>([
  ['public, max-age=60', 200, true],
  ['s-maxage=5', 200, true],
  ['max-age=0, stale-if-error=60', 200, true],
  ['max-age=60', 404, true],
  [undefined, 200, false],
  ['max-age=0', 200, false],
  ['no-store', 200, false],
  ['private, max-age=60', 200, false],
  ['public, max-age=60', 500, false],
  ['public, max-age=60', 206, false],
])('%s with %i may be stored: %s', (cacheControl, status, expected) => {
  expect(mayStore(policyOf(cacheControl, {}, request, status))).toBe(expected)
})

test.each([
  ['max-age=60', false],
  ['public, max-age=60', true],
])('with Authorization, %s may be stored: %s', (cacheControl, expected) => {
  const headers = { accept: '*/*', authorization: 'Bearer t' }
  expect(mayStore(policyOf(cacheControl, {}, { ...request, headers }))).toBe(expected)
})

test('how long it stays fresh counts down and goes on below zero', () => {
  const policy = policyOf('max-age=60')
  expect(freshForS(policy)).toBe(60)
  later(42)
  expect(freshForS(policy)).toBe(18)
  later(75)
  expect(freshForS(policy)).toBe(-15)
})

test.each([
  ['max-age=60, stale-if-error=100', 30, true],
  ['max-age=60, stale-if-error=100', 159, true],
  ['max-age=60, stale-if-error=100', 160, false],
  ['max-age=60', 61, false],
  ['max-age=60, stale-if-error=100, must-revalidate', 61, false],
])('%s after %i s may stand in for the origin: %s', (cacheControl, seconds, expected) => {
  const policy = policyOf(cacheControl)
  later(seconds)
  expect(mayServeOnError(policy, request)).toBe(expected)
})

test('only an answer to the same variant of the same URL may stand in', () => {
  const policy = policyOf('max-age=60, stale-if-error=100', { vary: 'accept' })
  expect(mayServeOnError(policy, request)).toBe(true)
  expect(mayServeOnError(policy, { ...request, headers: { accept: 'text/html' } })).toBe(false)
  expect(answersRegardlessOfAge(policy, { ...request, url: '/other' })).toBe(false)
})

test('which answers mean that the origin is away', () => {
  const statuses = [200, 304, 404, 429, 500, 501, 502, 503, 504]
  expect(statuses.filter(isOriginError)).toEqual([500, 502, 503, 504])
})

test.each<[Verdict, string]>([
  [{ kind: 'hit', ttlS: 42 }, 'edge-eu; hit; ttl=42'],
  [{ kind: 'hit', ttlS: -7, detail: 'stale-if-error' }, 'edge-eu; hit; ttl=-7; detail=stale-if-error'],
  [{ kind: 'forwarded', why: 'method', status: 201 }, 'edge-eu; fwd=method; fwd-status=201'],
  [
    { kind: 'forwarded', why: 'uri-miss', status: 200, stored: true, collapsed: false },
    'edge-eu; fwd=uri-miss; fwd-status=200; stored',
  ],
  [
    { kind: 'forwarded', why: 'stale', status: 304, stored: true, collapsed: true },
    'edge-eu; fwd=stale; fwd-status=304; stored; collapsed',
  ],
])('%o is written %s', (verdict, expected) => {
  expect(cacheStatus('edge-eu', verdict)).toBe(expected)
})
