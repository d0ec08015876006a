import { expect, test } from 'vitest'
import { classifyLog, explainSpawnError } from './launch.ts'

test.each([
  [
    'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  could not create any TCP/IP sockets',
    { code: 'port-taken', reason: 'could not create any TCP/IP sockets' },
  ],
  [
    'x FATAL:  data directory "/d" has wrong ownership',
    { code: 'start-failed', reason: 'data directory "/d" has wrong ownership' },
  ],
  [
    'postgres: error while loading shared libraries: libpq.so.5\n',
    { code: 'start-failed', reason: 'postgres: error while loading shared libraries: libpq.so.5' },
  ],
  ['', { code: 'start-failed', reason: '' }],
])('a log of a failed start: %j', (log, expected) => {
  expect(classifyLog(log)).toEqual(expected)
})

test('a program that exists but is "not found" lacks its loader', () => {
  const error = Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' })
  expect(explainSpawnError(error, process.execPath).message).toMatch(/needs glibc/)
  expect(explainSpawnError(error, '/nowhere/postgres').message).toBe('/nowhere/postgres cannot be run: spawn ENOENT')
})
