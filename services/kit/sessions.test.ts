import { SignJWT, UnsecuredJWT } from 'jose'
import { expect, test } from 'vitest'
import { createSessions } from './sessions.ts'

const secret = 'a-secret-of-this-test-of-at-least-32-bytes'
const startMs = Date.UTC(2026, 0, 1)
const user = { id: '6f1f2c1e-5f3a-4f0a-9d43-0d7e5a1c9b11', region: 'eu' } as const

test('a session proves its customer for twelve hours', async () => {
  let nowMs = startMs
  const sessions = createSessions(secret, () => nowMs)
  const { token, expiresAt } = await sessions.issue(user)
  expect(expiresAt).toBe('2026-01-01T12:00:00.000Z')
  expect(await sessions.verify(token)).toEqual(user)
  nowMs = startMs + 12 * 3_600_000 - 1
  expect(await sessions.verify(token)).toEqual(user)
  nowMs += 1
  expect(await sessions.verify(token)).toBeUndefined()
})

test('nothing that a key has signed counts while the key does not, what it signs meanwhile included', async () => {
  let holds = true
  const sessions = createSessions(
    secret,
    () => startMs,
    () => holds,
  )
  const before = await sessions.issue(user)
  holds = false
  const meanwhile = await sessions.issue(user)
  for (const { token } of [before, meanwhile]) expect(await sessions.verify(token)).toBeUndefined()
  holds = true
  for (const { token } of [before, meanwhile]) expect(await sessions.verify(token)).toEqual(user)
})

test('a token holds nothing but who, where and how long', async () => {
  const { token } = await createSessions(secret, () => startMs).issue(user)
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
  expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'region', 'sub'])
})

const key = new TextEncoder().encode(secret)
const claims = {
  region: 'eu',
  iss: 'faultline/users',
  aud: 'faultline/gateway',
  sub: user.id,
  exp: startMs / 1_000 + 60,
}
const signed = (payload: Record<string, unknown>, alg = 'HS256', signingKey = key) =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(signingKey)
const { exp: _, ...withoutExpiry } = claims

test.each<[string, () => string | Promise<string>]>([
  ['nothing', () => ''],
  ['garbage', () => 'a.b.c'],
  ['a token of another key', () => signed(claims, 'HS256', new TextEncoder().encode('b'.repeat(40)))],
  ['a token without a signature', () => new UnsecuredJWT(claims).encode()],
  ['another algorithm', () => signed(claims, 'HS512', new TextEncoder().encode(secret.repeat(2)))],
  ['another issuer', () => signed({ ...claims, iss: 'somebody' })],
  ['another audience', () => signed({ ...claims, aud: 'somebody' })],
  ['a token that never expires', () => signed(withoutExpiry)],
  ['a subject that is no customer', () => signed({ ...claims, sub: 'root' })],
  ['a region that is none', () => signed({ ...claims, region: 'moon' })],
  [
    'a changed payload',
    async () => {
      const [header, , signature] = (await signed(claims)).split('.')
      const forged = Buffer.from(JSON.stringify({ ...claims, sub: user.id.replace('6', '7') })).toString('base64url')
      return `${header}.${forged}.${signature}`
    },
  ],
])('%s proves nothing', async (_what, make) => {
  const sessions = createSessions(secret, () => startMs)
  expect(await sessions.verify(await make())).toBeUndefined()
})

test('the tokens of these tests would hold if they were right', async () => {
  expect(await createSessions(secret, () => startMs).verify(await signed(claims))).toEqual(user)
})
