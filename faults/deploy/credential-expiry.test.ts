import { expect, test } from 'vitest'
import { credentialExpiry } from './credential-expiry.ts'

test('it is the key of sessions, and then no password', () => {
  const parameters = credentialExpiry.parameters.parse({ credential: 'session' })
  expect(credentialExpiry.acts.session?.(parameters)).toEqual({ keyExpired: true })
  expect(credentialExpiry.acts.server?.(parameters)).toEqual({ kind: 'none' })
  expect(credentialExpiry.acts.session?.(credentialExpiry.parameters.parse({}))).toEqual({ keyExpired: false })
})

test('a 401 of a gateway that asked nobody shows it; one of another service, or behind which somebody was asked, does not', () => {
  const span = (id: string, service: string, status: number, parentId?: string) => ({
    ...{
      id,
      parentId,
      name: '',
      kind: 'server',
      service,
      node: '',
      region: '',
      version: '',
      startUs: 0,
      durationUs: 1,
    },
    tags: { 'http.response.status_code': status },
  })
  const nobody = { nodes: [], kinds: [], from: [], to: [], fromKinds: [], toKinds: [] }
  const shows = (...spans: ReturnType<typeof span>[]) =>
    credentialExpiry.signature.trace.holds({ id: 't', spans }, nobody)
  expect(shows(span('a', 'frontdoor', 401), span('b', 'gateway', 401, 'a'))).toBe(true)
  expect(shows(span('a', 'frontdoor', 503), span('b', 'gateway', 503, 'a'))).toBe(true)
  // A wrong password: `users` was asked.
  expect(shows(span('b', 'gateway', 401), span('c', 'users', 401, 'b'))).toBe(false)
  expect(shows(span('b', 'gateway', 200))).toBe(false)
})

test('it is the password of one role', () => {
  const act = credentialExpiry.acts.server
  expect(act?.(credentialExpiry.parameters.parse({}))).toEqual({ kind: 'expire-password', role: 'products' })
  expect(act?.(credentialExpiry.parameters.parse({ role: 'users' }))).toEqual({
    kind: 'expire-password',
    role: 'users',
  })
  expect(credentialExpiry.parameters.safeParse({ role: 'postgres' }).success).toBe(false)
})
