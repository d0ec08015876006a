import { expect, test } from 'vitest'
import { credentialExpiry } from './credential-expiry.ts'

test('it is the password of one role', () => {
  const act = credentialExpiry.acts.server
  expect(act?.(credentialExpiry.parameters.parse({}))).toEqual({ kind: 'expire-password', role: 'products' })
  expect(act?.(credentialExpiry.parameters.parse({ role: 'users' }))).toEqual({
    kind: 'expire-password',
    role: 'users',
  })
  expect(credentialExpiry.parameters.safeParse({ role: 'postgres' }).success).toBe(false)
})
