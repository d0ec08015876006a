import { expect, test } from 'vitest'
import { logOf, ofKind, raftConfig, restored, TestCluster, TestServer } from './test-cluster.ts'

/** Figure 7: the leader's log, of terms, and those of followers that may stand beside it. */
const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
const figure7 = {
  a: [1, 1, 1, 4, 4, 5, 5, 6, 6],
  b: [1, 1, 1, 4],
  c: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
  d: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
  e: [1, 1, 1, 4, 4, 4, 4],
  f: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
}
const members = { voters: ['leader', ...Object.keys(figure7)], learners: [] }

test.each(Object.entries(figure7))('figure 7 (%s): a follower whose log is %j gets the leader’s', (id, terms) => {
  const pair = { voters: ['leader', id, 'voter'], learners: [] }
  const cluster = new TestCluster([
    raftConfig('leader', restored(pair, logOf(...leaderLog), 7)),
    raftConfig(id, restored(pair, logOf(...terms), 7)),
    raftConfig('voter', restored(pair, logOf(1), 7)),
  ])
  cluster.elect('leader')
  cluster.tick('leader')
  const expected = [...leaderLog, 8]
  expect(cluster.server('leader').raft.status()).toMatchObject({ role: 'leader', currentTerm: 8 })
  expect(cluster.server(id).terms).toEqual(expected)
  expect(cluster.server(id).log).toEqual(cluster.server('leader').log)
  expect(cluster.server(id).applied).toHaveLength(expected.length)
})

test('figure 7: the leader can be elected by a, b, e and f, and not by those with more in their logs', () => {
  const configs = Object.entries(figure7).map(([id, terms]) => raftConfig(id, restored(members, logOf(...terms), 7)))
  const cluster = new TestCluster([raftConfig('leader', restored(members, logOf(...leaderLog), 7)), ...configs])
  const granted = new Map<string, boolean>()
  cluster.passes = (message) => {
    if (message.kind === 'RequestVoteResponse') granted.set(message.from, message.voteGranted)
    return message.kind !== 'AppendEntries'
  }
  cluster.elect('leader')
  expect(Object.fromEntries(granted)).toEqual({ a: true, b: true, c: false, d: false, e: true, f: true })
})

test('goes back a term at a time, not an entry at a time', () => {
  const pair = { voters: ['a', 'b'], learners: [] }
  const cluster = new TestCluster([
    raftConfig('a', restored(pair, logOf(1, 1, 1, 4, 4, 4, 4, 4, 4, 4, 4), 4)),
    raftConfig('b', restored(pair, logOf(1, 1, 1, 2, 2, 2, 2, 2, 3, 3), 4)),
  ])
  let refusals = 0
  cluster.passes = (message) => {
    if (message.kind === 'AppendEntriesResponse' && !message.result.success) refusals++
    return true
  }
  cluster.elect('a')
  expect(cluster.server('b').log).toEqual(cluster.server('a').log)
  expect(refusals).toBe(1)
})

function leaderOfTwo(changes: Parameters<typeof raftConfig>[2] = {}): TestServer {
  const pair = { voters: ['a', 'b'], learners: [] }
  const leader = new TestServer(raftConfig('a', restored(pair), changes))
  const [preVote] = ofKind(leader.tick(10), 'PreVote')
  expect(preVote).toMatchObject({ to: 'b', term: 0 })
  leader.step({ kind: 'PreVoteResponse', from: 'b', to: 'a', term: 0, requestTerm: 0, voteGranted: true })
  leader.step({ kind: 'RequestVoteResponse', from: 'b', to: 'a', term: 1, voteGranted: true })
  expect(leader.raft.status().role).toBe('leader')
  return leader
}

function acknowledge(leader: TestServer, matchIndex: number) {
  const result = { success: true as const, matchIndex }
  return leader.step({ kind: 'AppendEntriesResponse', from: 'b', to: 'a', term: 1, round: 0, result })
}

test('sends entries ahead of the answers, as many messages as the window has, and what was proposed together in one', () => {
  const leader = leaderOfTwo({ maxInflight: 2 })
  acknowledge(leader, 1)
  leader.raft.propose('two')
  leader.raft.propose('three')
  const together = ofKind(leader.work(), 'AppendEntries')
  expect(together.map(({ entries }) => entries.map(({ index }) => index))).toEqual([[2, 3]])
  leader.raft.propose('four')
  expect(ofKind(leader.work(), 'AppendEntries').map(({ prevLogIndex }) => prevLogIndex)).toEqual([3])
  leader.raft.propose('five')
  expect(ofKind(leader.work(), 'AppendEntries')).toEqual([])
  const onceAcknowledged = ofKind(acknowledge(leader, 3), 'AppendEntries')
  expect(onceAcknowledged.flatMap(({ entries }) => entries.map(({ index }) => index))).toEqual([5])
})

test('a message holds as much as is allowed, and one entry in any case', () => {
  const leader = leaderOfTwo({ maxAppendSize: 200 })
  for (const size of [40, 40, 1000, 10]) leader.raft.propose('x'.repeat(size))
  const sent = ofKind(acknowledge(leader, 1), 'AppendEntries')
  expect(sent.map(({ entries }) => entries.map(({ index }) => index))).toEqual([[2, 3], [4], [5]])
})

test('what is proposed and not committed is bounded', () => {
  const leader = leaderOfTwo({ maxUncommittedSize: 300 })
  expect(leader.raft.propose('x'.repeat(1000))).toEqual({ kind: 'appended', index: 2, term: 1 })
  expect(leader.raft.propose('x')).toEqual({ kind: 'refused', reason: 'busy', leader: 'a' })
  acknowledge(leader, 2)
  expect(leader.raft.propose('x').kind).toBe('appended')
})

test('a follower answers only when it has synced what it says, and refuses at once', () => {
  const follower = new TestServer(raftConfig('b', restored({ voters: ['a', 'b'], learners: [] })))
  const [entry] = logOf(1)
  if (!entry) throw new Error('no entry')
  const append = { kind: 'AppendEntries', from: 'a', to: 'b', term: 1, leaderCommit: 0, round: 3 } as const
  follower.raft.step({ ...append, prevLogIndex: 0, prevLogTerm: 0, entries: [entry] })
  const ready = follower.raft.ready()
  expect(ready?.messages).toEqual([])
  expect(ready?.messagesAfterSync).toMatchObject([
    { kind: 'AppendEntriesResponse', round: 3, result: { matchIndex: 1 } },
  ])
  if (ready) follower.raft.advance(ready)
  expect(follower.step({ ...append, prevLogIndex: 5, prevLogTerm: 1, entries: [] })).toMatchObject([
    { result: { success: false, prevLogIndex: 5, conflictIndex: 1, conflictTerm: 1 } },
  ])
})

test('an old message neither cuts off later entries nor commits them', () => {
  const [one, two, three] = logOf(1, 1, 1)
  if (!one || !two || !three) throw new Error('no entries')
  const follower = new TestServer(raftConfig('b', restored({ voters: ['a', 'b'], learners: [] }, [one, two, three], 1)))
  const old = { kind: 'AppendEntries', from: 'a', to: 'b', term: 1, prevLogIndex: 0, prevLogTerm: 0, round: 0 } as const
  follower.step({ ...old, entries: [one], leaderCommit: 3 })
  expect(follower.log).toEqual([one, two, three])
  expect(follower.applied).toEqual([one])
})

test('never overwrites what is committed', () => {
  const follower = new TestServer(raftConfig('b', restored({ voters: ['a', 'b'], learners: [] }, logOf(1, 1), 1)))
  const append = { kind: 'AppendEntries', from: 'a', to: 'b', prevLogIndex: 0, prevLogTerm: 0, round: 0 } as const
  follower.step({ ...append, term: 1, entries: logOf(1, 1), leaderCommit: 2 })
  expect(() => follower.step({ ...append, term: 2, entries: logOf(1, 2, 2), leaderCommit: 2 })).toThrow(
    'would overwrite entry 2 of b, which is committed',
  )
})
