import { expect, test } from 'vitest'
import { entriesAfter, Log } from './log.ts'
import { createRaft } from './raft.ts'
import { logOf, only, raftConfig, restored, TestCluster, TestServer } from './test-cluster.ts'

const three = { voters: ['a', 'b', 'c'], learners: [] }
const at = (lastIncludedIndex: number, lastIncludedTerm: number) => {
  return { lastIncludedIndex, lastIncludedTerm, membership: three }
}

/** a and b have compacted what c never got. */
function compacted(): TestCluster {
  const cluster = new TestCluster(three.voters.map((id) => raftConfig(id, restored(three))))
  cluster.passes = only('a', 'b')
  cluster.elect('a')
  for (const data of ['x', 'y', 'z']) cluster.propose('a', data)
  const { raft } = cluster.server('a')
  raft.compact(raft.describeSnapshot(4), 0)
  return cluster
}

test('a log is compacted up to the snapshot, but for what is kept', () => {
  const { raft } = compacted().server('a')
  expect(raft.status()).toMatchObject({ firstLogIndex: 5, lastLogIndex: 4, snapshotIndex: 4 })
  expect(() => raft.describeSnapshot(3)).toThrow('no snapshot at 3')
  expect(() => raft.describeSnapshot(5)).toThrow('no snapshot at 5')
  const other = compacted().server('b').raft
  other.compact(at(2, 1), 1)
  expect(other.status()).toMatchObject({ firstLogIndex: 2, snapshotIndex: 2 })
})

test('a follower that lacks what was compacted gets the snapshot, and then the rest', () => {
  const cluster = compacted()
  cluster.passes = () => true
  cluster.tick('a')
  const c = cluster.server('c')
  c.raft.tick()
  expect(
    cluster
      .server('a')
      .raft.status()
      .followers.find(({ id }) => id === 'c'),
  ).toMatchObject({ state: 'snapshot' })
  expect(c.raft.snapshotInstalled(at(4, 1))).toBe(false)
  cluster.deliver(c.work())
  cluster.propose('a', 'later')
  cluster.tick('a')
  expect(c.log).toMatchObject([{ index: 5, data: 'later' }])
  expect(c.raft.status()).toMatchObject({ commitIndex: 5, snapshotIndex: 4 })
})

test('what could not be had is offered again', () => {
  const server = new TestServer(raftConfig('c', restored(three)))
  const offer = { kind: 'InstallSnapshot', from: 'a', to: 'c', term: 1, snapshot: at(4, 1) } as const
  server.raft.step(offer)
  expect(server.raft.ready()?.snapshot).toEqual({ snapshot: at(4, 1), from: 'a' })
  server.raft.step({ ...offer, snapshot: at(9, 1) })
  expect(server.raft.ready()?.snapshot ?? null).toBeNull()
  server.raft.snapshotFailed(at(4, 1))
  server.raft.step({ ...offer, snapshot: at(9, 1) })
  expect(server.raft.ready()?.snapshot).toEqual({ snapshot: at(9, 1), from: 'a' })
})

test.each([
  ['ends before it', logOf(1, 1), []],
  ['ends with it', logOf(1, 1, 2), []],
  ['goes on after it', logOf(1, 1, 2, 2), [4]],
  ['differs where it ends', logOf(1, 1, 1, 1), []],
  ['begins after it', logOf(1, 1, 2, 2).slice(3), [4]],
  ['leaves a gap', logOf(1, 1, 2, 2, 2).slice(4), []],
  ['was replaced before a gap', logOf(1, 1, 2, 2, 2).filter(({ index }) => index !== 2 && index !== 3), [4, 5]],
  ['has a gap after the snapshot', logOf(1, 1, 2, 2, 2, 2).filter(({ index }) => index !== 5), []],
])('of a stored log that %s, what continues a snapshot of 3 entries is', (_name, stored, expected) => {
  expect(entriesAfter(at(3, 2), stored).map(({ index }) => index)).toEqual(expected)
})

test('refuses to go on when the state machine has applied more than the log holds', () => {
  const lost = { ...restored(three, logOf(1, 1), 1), appliedIndex: 5 }
  expect(() => createRaft(raftConfig('a', lost))).toThrow('let it join anew')
})

test('a log finds where another may still agree, and knows its memberships', () => {
  const log = new Log(at(0, 0), logOf(1, 1, 1, 4, 4, 6))
  expect([
    log.lastIndexWithin(9, 9),
    log.lastIndexWithin(6, 5),
    log.lastIndexWithin(5, 3),
    log.lastIndexWithin(2, 0),
  ]).toEqual([6, 5, 3, 0])
  const membership = { voters: ['a'], learners: [] }
  log.append({ kind: 'membership', index: 7, term: 6, membership })
  expect([log.membership, log.membershipAt(6), log.membershipIndex]).toEqual([membership, three, 7])
  log.compact(5)
  expect([log.firstIndex, log.termAt(5), log.termAt(4), log.membershipAt(5)]).toEqual([6, 4, undefined, three])
  log.truncateFrom(7)
  expect([log.lastIndex, log.membership]).toEqual([6, three])
})
