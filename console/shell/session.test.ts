import { expect, test } from 'vitest'
import { nextSession, type SessionState } from './session.ts'

const has = { jaeger: true, prometheus: true, control: true, shop: true, otlp: true }
const signedIn: SessionState = { kind: 'signed-in', info: { version: '1', has } }
const unreachable: SessionState = { kind: 'unreachable', reason: 'no answer' }

test('which APIs there are is known as long as nobody can be asked again', () => {
  const away = nextSession(signedIn, unreachable)
  expect(away).toEqual({ ...unreachable, info: signedIn.info })
  expect(nextSession(away, unreachable)).toBe(away)
  expect(nextSession(away, signedIn)).toEqual(signedIn)
})

test('who was never signed in knows none, and who is signed out none any more', () => {
  expect(nextSession({ kind: 'starting' }, unreachable)).toEqual(unreachable)
  const signedOut: SessionState = { kind: 'signed-out', reason: 'expired' }
  expect(nextSession(signedIn, signedOut)).toEqual(signedOut)
})
