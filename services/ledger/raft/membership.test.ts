import { expect, test } from 'vitest'
import { changed } from './membership.ts'
import { only, raftConfig, restored, TestCluster } from './test-cluster.ts'

const pair = { voters: ['a', 'b'], learners: [] }
const joiner = restored({ voters: [], learners: [] })

function started(): TestCluster {
  const cluster = new TestCluster([...pair.voters.map((id) => raftConfig(id, restored(pair))), raftConfig('c', joiner)])
  cluster.elect('a')
  cluster.tick('a')
  return cluster
}

function change(cluster: TestCluster, kind: 'add-learner' | 'promote' | 'remove', id: string) {
  const server = cluster.server('a')
  const result = server.raft.proposeMembership({ kind, id })
  cluster.deliver(server.work())
  cluster.tick('a', 2)
  return result.kind === 'refused' ? result.reason : result.kind
}

test('a server joins as a learner, catches up, is promoted, and then counts', () => {
  const cluster = started()
  cluster.propose('a', 'x')
  expect(change(cluster, 'add-learner', 'c')).toBe('appended')
  expect(cluster.server('c').log).toEqual(cluster.server('a').log)
  expect(change(cluster, 'promote', 'c')).toBe('appended')
  expect(cluster.server('c').raft.status().membership).toEqual({ voters: ['a', 'b', 'c'], learners: [] })
  cluster.passes = only('a', 'c')
  cluster.propose('a', 'y')
  const { commitIndex, lastLogIndex } = cluster.server('a').raft.status()
  expect(commitIndex).toBe(lastLogIndex)
})

test('a learner does not count, and votes for nobody but those who ask; it never campaigns', () => {
  const cluster = started()
  change(cluster, 'add-learner', 'c')
  cluster.passes = only('a', 'c')
  cluster.propose('a', 'x')
  const { commitIndex, lastLogIndex } = cluster.server('a').raft.status()
  expect(commitIndex).toBe(lastLogIndex - 1)
  cluster.tick('c', 50)
  expect(cluster.server('c').raft.status().role).toBe('follower')
})

test('one change at a time, and none before the leader has committed in its term', () => {
  const cluster = started()
  cluster.passes = only('a')
  expect(change(cluster, 'add-learner', 'c')).toBe('appended')
  expect(change(cluster, 'remove', 'b')).toBe('change_pending')
  const again = new TestCluster(pair.voters.map((id) => raftConfig(id, restored(pair))))
  again.passes = ({ kind }) => kind !== 'AppendEntries'
  again.elect('a')
  expect(change(again, 'add-learner', 'c')).toBe('change_pending')
})

test('who lacks entries is not promoted', () => {
  const cluster = started()
  cluster.passes = only('a', 'b')
  expect(change(cluster, 'add-learner', 'c')).toBe('appended')
  expect(change(cluster, 'promote', 'c')).toBe('not_caught_up')
})

test('a leader that removes itself leads until that is committed, then hands over', () => {
  const cluster = started()
  expect(change(cluster, 'remove', 'a')).toBe('appended')
  expect(cluster.server('a').raft.status()).toMatchObject({ role: 'follower' })
  expect(cluster.server('b').raft.status()).toMatchObject({ role: 'leader', membership: { voters: ['b'] } })
})

test.each([
  ['add-learner', 'a'],
  ['add-learner', 'l'],
  ['promote', 'a'],
  ['promote', 'x'],
  ['remove', 'x'],
] as const)('makes no sense: %s %s', (kind, id) => {
  expect(changed({ voters: ['a', 'b'], learners: ['l'] }, { kind, id })).toBeNull()
})

test('the last voter stays', () => {
  expect(changed({ voters: ['a'], learners: ['l'] }, { kind: 'remove', id: 'a' })).toBeNull()
  expect(changed({ voters: ['a'], learners: ['l'] }, { kind: 'remove', id: 'l' })).toEqual({
    voters: ['a'],
    learners: [],
  })
})
