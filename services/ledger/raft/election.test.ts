import { expect, test } from 'vitest'
import type { Message } from './messages.ts'
import { logOf, ofKind, only, raftConfig, restored, TestCluster, TestServer } from './test-cluster.ts'

const three = { voters: ['a', 'b', 'c'], learners: [] }
const cluster = () => new TestCluster(three.voters.map((id) => raftConfig(id, restored(three))))
const vote = { kind: 'RequestVote', lastLogIndex: 0, lastLogTerm: 0, leadershipTransfer: false } as const

test('elects a leader, which commits a no-op', () => {
  const servers = cluster()
  servers.elect('a')
  servers.tick('a')
  for (const id of three.voters) {
    expect(servers.server(id).raft.status()).toMatchObject({ leader: 'a', currentTerm: 1, commitIndex: 1 })
    expect(servers.server(id).applied).toEqual([{ kind: 'no-op', index: 1, term: 1 }])
  }
})

test('one vote a term, also after a restart; the same candidate may ask again', () => {
  const voter = new TestServer(raftConfig('a', restored(three)))
  const grants = (messages: Message[]) => ofKind(messages, 'RequestVoteResponse').map((answer) => answer.voteGranted)
  expect(grants(voter.step({ ...vote, from: 'b', to: 'a', term: 1 }))).toEqual([true])
  expect(grants(voter.step({ ...vote, from: 'c', to: 'a', term: 1 }))).toEqual([false])
  expect(grants(voter.step({ ...vote, from: 'b', to: 'a', term: 1 }))).toEqual([true])
  const stored = { ...restored(three), hardState: { currentTerm: 1, votedFor: 'b' } }
  const again = new TestServer(raftConfig('a', stored))
  expect(grants(again.step({ ...vote, from: 'c', to: 'a', term: 1 }))).toEqual([false])
  expect(grants(again.step({ ...vote, from: 'c', to: 'a', term: 2 }))).toEqual([true])
})

test('a vote is told only when it is synced, together with its term', () => {
  const voter = new TestServer(raftConfig('a', restored(three)))
  voter.raft.step({ ...vote, from: 'b', to: 'a', term: 4 })
  const ready = voter.raft.ready()
  expect(ready).toMatchObject({ hardState: { currentTerm: 4, votedFor: 'b' }, messages: [] })
  expect(ready?.messagesAfterSync).toMatchObject([{ kind: 'RequestVoteResponse', voteGranted: true }])
})

test.each([
  ['a shorter log of the same term', logOf(1, 1), { lastLogIndex: 1, lastLogTerm: 1 }, false],
  ['an equal log', logOf(1, 1), { lastLogIndex: 2, lastLogTerm: 1 }, true],
  ['a longer log of an earlier term', logOf(1, 2), { lastLogIndex: 9, lastLogTerm: 1 }, false],
  ['a shorter log of a later term', logOf(1, 1), { lastLogIndex: 1, lastLogTerm: 2 }, true],
])('§5.4.1: a candidate with %s', (_name, log, candidate, voteGranted) => {
  const voter = new TestServer(raftConfig('a', restored(three, log, 2)))
  const [answer] = ofKind(voter.step({ ...vote, ...candidate, from: 'b', to: 'a', term: 3 }), 'RequestVoteResponse')
  expect(answer).toMatchObject({ voteGranted, term: 3 })
})

test('a server that is cut off asks in vain and its term does not grow; on its return nobody is disturbed', () => {
  const servers = cluster()
  servers.elect('a')
  servers.passes = only('a', 'b')
  servers.tick('c', 100)
  for (let left = 30; left > 0; left--) servers.tick('a')
  expect(servers.server('c').raft.status()).toMatchObject({ role: 'pre-candidate', currentTerm: 1 })
  servers.passes = () => true
  servers.tick('c', 10)
  servers.tick('a')
  expect(servers.server('a').raft.status()).toMatchObject({ role: 'leader', currentTerm: 1 })
  expect(servers.server('c').raft.status()).toMatchObject({ role: 'follower', leader: 'a' })
})

test('followers that hear of a leader defend it against a candidate of a later term', () => {
  const servers = cluster()
  servers.elect('a')
  expect(servers.server('b').step({ ...vote, from: 'c', to: 'b', term: 9, lastLogIndex: 9, lastLogTerm: 9 })).toEqual(
    [],
  )
  expect(servers.server('b').raft.status()).toMatchObject({ currentTerm: 1, leader: 'a' })
})

test('a leader without a majority steps down and refuses', () => {
  const servers = cluster()
  servers.elect('a')
  servers.passes = only('a')
  servers.tick('a', 20)
  const { raft } = servers.server('a')
  expect(raft.status()).toMatchObject({ role: 'follower', leader: null })
  expect(raft.propose('x')).toEqual({ kind: 'refused', reason: 'not_leader', leader: null })
  expect(raft.readIndex('r')).toEqual({ kind: 'refused', reason: 'not_leader', leader: null })
})

test('leadership is handed over at once, to one that has everything', () => {
  const servers = cluster()
  servers.elect('a')
  servers.propose('a', 'x')
  const { raft } = servers.server('a')
  expect(raft.transferLeadership('nobody')).toMatchObject({ kind: 'refused', reason: 'invalid' })
  expect(raft.transferLeadership('c')).toEqual({ kind: 'transferring' })
  expect(raft.propose('y')).toMatchObject({ kind: 'refused', reason: 'transferring' })
  servers.deliver(servers.server('a').work())
  servers.tick('c')
  expect(servers.server('c').raft.status()).toMatchObject({ role: 'leader', currentTerm: 2, lastLogIndex: 3 })
  expect(raft.status()).toMatchObject({ role: 'follower', leader: 'c' })
})

test('a transfer that fails ends after an election timeout', () => {
  const servers = cluster()
  servers.elect('a')
  servers.passes = only('a', 'b')
  const { raft } = servers.server('a')
  raft.transferLeadership('c')
  servers.tick('a', 10)
  expect(raft.propose('x').kind).toBe('appended')
})
