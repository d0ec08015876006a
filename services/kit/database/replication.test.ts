import { expect, test } from 'vitest'
import { parsePosition, ReplicationWatch } from './replication.ts'

test.each([
  ['0/0', 0n],
  ['0/3000148', 0x3000148n],
  ['1/0', 0x1_0000_0000n],
  ['16/B374D848', 0x16_b374d848n],
])('position %s', (text, expected) => {
  expect(parsePosition(text)).toBe(expected)
})

test('nothing is known before the primary has spoken', () => {
  expect(new ReplicationWatch().noteReplica(5n, 0)).toBeUndefined()
})

test('a replica that has everything is not behind, however long nothing is written', () => {
  const watch = new ReplicationWatch()
  watch.notePrimary(100n, 0)
  expect(watch.noteReplica(100n, 10)).toEqual({ seconds: 0, bytes: 0 })
  watch.notePrimary(100n, 60_000)
  expect(watch.noteReplica(100n, 60_010)).toEqual({ seconds: 0, bytes: 0 })
  expect(watch.noteReplica(120n, 60_020)).toEqual({ seconds: 0, bytes: 0 })
})

test('lag counts from the oldest position that is missing, and shrinks as the replica catches up', () => {
  const watch = new ReplicationWatch()
  for (let second = 0; second <= 5; second++) watch.notePrimary(100n + BigInt(second) * 10n, second * 1_000)
  expect(watch.noteReplica(100n, 5_500)).toEqual({ seconds: 4.5, bytes: 50 })
  expect(watch.noteReplica(115n, 5_500)).toEqual({ seconds: 3.5, bytes: 35 })
  expect(watch.noteReplica(120n, 6_500)).toEqual({ seconds: 3.5, bytes: 30 })
  expect(watch.noteReplica(150n, 7_000)).toEqual({ seconds: 0, bytes: 0 })
})

test('a replica that stands still for long keeps its true lag in bounded memory', () => {
  const watch = new ReplicationWatch()
  watch.notePrimary(0n, 0)
  for (let second = 1; second <= 5_000; second++) {
    watch.notePrimary(BigInt(second), second * 1_000)
    watch.noteReplica(0n, second * 1_000)
  }
  const lag = watch.noteReplica(0n, 5_000_000)
  expect(lag).toEqual({ seconds: 4_999, bytes: 5_000 })
})

test('a log that goes back, as after a failover, starts anew', () => {
  const watch = new ReplicationWatch()
  watch.notePrimary(500n, 0)
  watch.notePrimary(400n, 1_000)
  expect(watch.noteReplica(400n, 1_010)).toEqual({ seconds: 0, bytes: 0 })
})
