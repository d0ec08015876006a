import { expect, test } from 'vitest'
import { logOf, only, raftConfig, restored, TestCluster } from './test-cluster.ts'

const ids = ['s1', 's2', 's3', 's4', 's5']
const membership = { voters: ids, learners: [] }

/**
 * Figure 8 (c): s1 leads again, in term 4, and spreads the entry of term 2, one entry a message. s5 has another of term 3 at index 2.
 * Here s2 gets the entry anew too, so that s1 knows of a majority.
 */
function figure8c(arrivesAt: (index: number) => boolean): TestCluster {
  const logs = { s1: [1, 2], s2: [1], s3: [1], s4: [1], s5: [1, 3] }
  const configs = Object.entries(logs).map(([id, terms]) =>
    raftConfig(id, restored(membership, logOf(...terms), 3), {
      maxAppendSize: 1,
      maxInflight: 1,
      jitterTicks: () => (id === 's1' || id === 's5' ? 0 : 8),
    }),
  )
  const cluster = new TestCluster(configs)
  const amongThree = only('s1', 's2', 's3')
  cluster.passes = (message) =>
    amongThree(message) &&
    (message.kind !== 'AppendEntries' ||
      // A probe that will be refused.
      cluster.server(message.to).log.length < message.prevLogIndex ||
      message.entries.every(({ index }) => arrivesAt(index)))
  cluster.elect('s1')
  cluster.tick('s1', 3)
  return cluster
}

test('figure 8 (c): an entry of an earlier term that a majority has stored is not committed', () => {
  const cluster = figure8c((index) => index <= 2)
  expect(cluster.server('s1').terms).toEqual([1, 2, 4])
  for (const id of ['s2', 's3']) expect(cluster.server(id).terms).toEqual([1, 2])
  expect(cluster.server('s1').raft.status()).toMatchObject({ role: 'leader', currentTerm: 4, commitIndex: 0 })
})

test('figure 8 (d): s5 may still be elected, and overwrites it', () => {
  const cluster = figure8c((index) => index <= 2)
  cluster.passes = only('s2', 's3', 's4', 's5')
  for (const id of ['s2', 's3', 's4']) cluster.server(id).tick(10)
  cluster.elect('s5')
  cluster.tick('s5', 3)
  for (const id of ['s2', 's3', 's4', 's5']) {
    expect(cluster.server(id).terms).toEqual([1, 3, 5])
    expect(cluster.server(id).applied).toHaveLength(3)
  }
})

test('figure 8 (e): an entry of the leader’s own term commits it along, and s5 cannot be elected any more', () => {
  const cluster = figure8c(() => true)
  for (const id of ['s1', 's2', 's3']) {
    expect(cluster.server(id).terms).toEqual([1, 2, 4])
    expect(cluster.server(id).applied.map(({ term }) => term)).toEqual([1, 2, 4])
  }
  cluster.passes = only('s2', 's3', 's4', 's5')
  for (const id of ['s2', 's3', 's4']) cluster.server(id).tick(10)
  cluster.elect('s5')
  expect(cluster.server('s5').raft.status().role).not.toBe('leader')
})

test('a leader counts itself only once its own disk has the entry', () => {
  const cluster = new TestCluster([raftConfig('s1', restored({ voters: ['s1'], learners: [] }))])
  const { raft } = cluster.server('s1')
  cluster.elect('s1')
  raft.propose('x')
  const ready = raft.ready()
  expect(raft.status()).toMatchObject({ commitIndex: 1, lastLogIndex: 2 })
  if (ready) raft.advance(ready)
  expect(raft.status().commitIndex).toBe(2)
})
