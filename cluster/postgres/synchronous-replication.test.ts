import { expect, test } from 'vitest'
import { standbyNames } from './synchronous-replication.ts'

const replicas = ['postgres-eu', 'postgres-asia']

test.each([
  ['off', ''],
  ['any', 'ANY 1 ("postgres-eu", "postgres-asia")'],
  ['all', 'ANY 2 ("postgres-eu", "postgres-asia")'],
] as const)('%s is %j', (mode, names) => {
  expect(standbyNames(mode, replicas)).toBe(names)
})

test('nothing waits for replicas that are not there', () => {
  expect(standbyNames('off', [])).toBe('')
  expect(() => standbyNames('any', [])).toThrow('no replica')
})
