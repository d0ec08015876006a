import { expect, test } from 'vitest'
import { withScope } from '../kit/http/deadline.ts'
import { createPasswords } from './passwords.ts'

test('a password matches its own hash and no other', async () => {
  const passwords = createPasswords()
  const [one, other] = await Promise.all([passwords.hash('a password'), passwords.hash('a password')])
  expect(one).not.toBe(other)
  expect(await passwords.matches('a password', one)).toBe(true)
  expect(await passwords.matches('A password', one)).toBe(false)
  expect(await passwords.matches('a password', undefined)).toBe(false)
})

test('few are hashed at a time, few wait, and the rest is turned away at once', async () => {
  const passwords = createPasswords({ concurrent: 1, waiting: 1 })
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => passwords.hash('a password')))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  expect(outcomes[2]).toMatchObject({ reason: { status: 503, code: 'overloaded', headers: { 'retry-after': '1' } } })
  expect(await passwords.hash('a password')).toContain('argon2id')
})

test('who has left the queue is not hashed for', async () => {
  const passwords = createPasswords({ concurrent: 1, waiting: 5 })
  const abort = new AbortController()
  const first = passwords.hash('a password')
  const waiting = withScope({ deadlineAtMs: 0, signal: abort.signal }, () => passwords.hash('a password'))
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ status: 504, code: 'deadline_exceeded' })
  expect(await first).toContain('argon2id')
})
