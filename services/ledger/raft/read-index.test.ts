import { expect, test } from 'vitest'
import { only, raftConfig, restored, TestCluster } from './test-cluster.ts'

const three = { voters: ['a', 'b', 'c'], learners: [] }

function led(): TestCluster {
  const cluster = new TestCluster(three.voters.map((id) => raftConfig(id, restored(three))))
  cluster.elect('a')
  cluster.propose('a', 'x')
  return cluster
}

function ask(cluster: TestCluster, id: string, ...contexts: string[]) {
  const server = cluster.server(id)
  for (const context of contexts) server.raft.readIndex(context)
  cluster.deliver(server.work())
  return server.reads
}

test('the leader answers after a round, one for all that asked together', () => {
  const cluster = led()
  let heartbeats = 0
  cluster.passes = ({ kind }) => {
    if (kind === 'AppendEntries') heartbeats++
    return true
  }
  const expected = ['r1', 'r2', 'r3'].map((context) => ({ context, index: 2 }))
  expect(ask(cluster, 'a', 'r1', 'r2', 'r3')).toEqual(expected)
  expect(heartbeats).toBe(2)
})

test('a follower asks the leader', () => {
  expect(ask(led(), 'b', 'r')).toEqual([{ context: 'r', index: 2 }])
})

test('without a majority there is no answer, and then a refusal', () => {
  const cluster = led()
  cluster.passes = only('a')
  expect(ask(cluster, 'a', 'r')).toEqual([])
  cluster.tick('a', 20)
  expect(cluster.server('a').reads).toEqual([{ context: 'r', index: null }])
})

test('an answer to an earlier round, or from a server of a later term, confirms nothing', () => {
  const cluster = led()
  cluster.passes = only('a')
  ask(cluster, 'a', 'r')
  const result = { success: true as const, matchIndex: 2 }
  cluster.server('a').step({ kind: 'AppendEntriesResponse', from: 'b', to: 'a', term: 1, round: 0, result })
  expect(cluster.server('a').reads).toEqual([])
  cluster.server('a').step({ kind: 'AppendEntriesResponse', from: 'b', to: 'a', term: 9, round: 1, result })
  expect(cluster.server('a').reads).toEqual([{ context: 'r', index: null }])
})

test('a server of a later term refuses a deposed leader without echoing its round', () => {
  const cluster = led()
  const append = { kind: 'AppendEntries', from: 'b', to: 'a', term: 0, prevLogIndex: 0, prevLogTerm: 0 } as const
  expect(cluster.server('a').step({ ...append, entries: [], leaderCommit: 0, round: 7 })).toMatchObject([
    { kind: 'AppendEntriesResponse', term: 1, round: 0, result: { success: false } },
  ])
})

test('a new leader does not answer before it has committed in its term', () => {
  const cluster = led()
  // It no longer hears of a leader; what it says is not delivered.
  cluster.server('c').tick(10)
  cluster.passes = (message) => only('b', 'c')(message) && message.kind !== 'AppendEntries'
  cluster.tick('b', 10)
  expect(cluster.server('b').raft.status().role).toBe('leader')
  expect(ask(cluster, 'b', 'r')).toEqual([])
  cluster.passes = only('b', 'c')
  cluster.tick('b', 3)
  expect(cluster.server('b').reads).toEqual([{ context: 'r', index: 3 }])
})

test('how many wait is bounded', () => {
  const cluster = led()
  cluster.passes = only('a')
  const { raft } = cluster.server('a')
  for (let at = 0; at < 10; at++) expect(raft.readIndex(`r${at}`)).toEqual({ kind: 'asked' })
  expect(raft.readIndex('one more')).toEqual({ kind: 'refused', reason: 'busy', leader: 'a' })
})
