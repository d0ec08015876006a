import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { badCanary } from './bad-canary.ts'
import { misconfiguration } from './misconfiguration.ts'

test('bad-canary: another version, of which a share fails', () => {
  const parameters = badCanary.parameters.parse({ version: '2.1.0-rc.1', probability: 0.5 })
  expect(badCanary.acts.version?.(parameters)).toBe('2.1.0-rc.1')
  expect(badCanary.rollout?.(parameters)).toBe('version 2.1.0-rc.1')
  const random = createRandom(5)
  const request = { method: 'GET', path: '/', customerRegion: 'na', sinceMs: 0 }
  const verdicts = Array.from({ length: 1_000 }, () => badCanary.acts.inbound?.(request, parameters, random))
  const failed = verdicts.filter((verdict) => verdict?.status === 503)
  expect(failed.length).toBeGreaterThan(430)
  expect(failed.length).toBeLessThan(570)
})

test.each([
  ['timeoutMs', { calls: { timeoutMs: 1 } }],
  ['maxInFlight', { kind: { maxInFlight: 1, queueLength: 0, minServiceMs: 100 } }],
])('misconfiguration: %s is what is wrong', (setting, policies) => {
  expect(misconfiguration.acts.policies?.(misconfiguration.parameters.parse({ setting }))).toEqual(policies)
  expect(misconfiguration.rollout?.({})).toBe('settings')
})
