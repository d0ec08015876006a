// The order that the core's interface demands: what follows from a sync is said after it, Readys are advanced in turn, one failure ends it all.
import { expect, test } from 'vitest'
import type { Raft, Ready } from '../raft/api.ts'
import type { Entry, Message } from '../raft/messages.ts'
import type { LogPart } from '../storage/log-store.ts'
import { Driver } from './driver.ts'

const entry = (index: number): Entry => ({ kind: 'no-op', term: 1, index })
const message = (to: string): Message => ({ kind: 'TimeoutNow', from: 'ledger-na', to, term: 1 })
const nothing: Ready = {
  hardState: null,
  entries: [],
  messages: [],
  messagesAfterSync: [],
  snapshot: null,
  committed: [],
  reads: [],
  softState: null,
}

/** A core that says what it is told to, and a disk that is done when the test says so. */
function createBench() {
  const readys: Ready[] = []
  const events: string[] = []
  const syncs: { resolve: () => void; reject: (error: Error) => void }[] = []
  const core = {
    ready: () => readys.shift(),
    advance: (ready: Ready) => void events.push(`advance ${ready.entries.map(({ index }) => index)}`),
    snapshotInstalled: () => void events.push('snapshot installed'),
    snapshotFailed: () => void events.push('snapshot failed'),
  }
  const bench = { failure: undefined as unknown, install: async () => {} }
  const driver = new Driver({
    // The parts of it that the driver uses by itself.
    raft: core as unknown as Raft,
    log: {
      append: (parts: readonly LogPart[]) => {
        events.push(`write ${parts.flatMap(({ entries = [] }) => entries.map(({ index }) => index))}`)
        return new Promise<void>((resolve, reject) => syncs.push({ resolve, reject }))
      },
    },
    send: (messages) => events.push(...messages.map(({ to }) => `send ${to}`)),
    apply: (entries) => void events.push(`apply ${entries.map(({ index }) => index)}`),
    onSoftState() {},
    onRead() {},
    install: () => bench.install(),
    onSettled() {},
    onFailure: (error) => {
      bench.failure = error
    },
  })
  const say = (...said: Partial<Ready>[]) => {
    readys.push(...said.map((ready) => ({ ...nothing, ...ready })))
    driver.input(() => {})
  }
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return Object.assign(bench, { driver, events, syncs, say, settle })
}

test('messages go at once, those that promise something after the sync', async () => {
  const { say, events, syncs, settle } = createBench()
  say({ messages: [message('eu')], messagesAfterSync: [message('asia')], entries: [entry(1)], committed: [entry(0)] })
  await settle()
  expect(events).toEqual(['send eu', 'apply 0', 'write 1'])
  syncs[0]?.resolve()
  await settle()
  expect(events).toEqual(['send eu', 'apply 0', 'write 1', 'send asia', 'advance 1'])
})

test('what comes during a sync shares the next one, and what needs none waits for its turn', async () => {
  const { say, events, syncs, settle } = createBench()
  say({ entries: [entry(1)] })
  await settle()
  say({ entries: [entry(2)] }, { messagesAfterSync: [message('eu')] })
  say({ entries: [entry(3)], hardState: { currentTerm: 2, votedFor: null } })
  await settle()
  expect(events).toEqual(['write 1'])
  syncs[0]?.resolve()
  await settle()
  expect(events).toEqual(['write 1', 'advance 1', 'write 2,3'])
  syncs[1]?.resolve()
  await settle()
  expect(events.slice(3)).toEqual(['advance 2', 'send eu', 'advance ', 'advance 3'])
})

test('without anything to sync nobody waits', () => {
  const { say, events, syncs } = createBench()
  say({ messagesAfterSync: [message('eu')] })
  expect(events).toEqual(['send eu', 'advance '])
  expect(syncs).toHaveLength(0)
})

test('whoever waits for the sync is told when his part is done', async () => {
  const { say, driver, events, syncs, settle } = createBench()
  await driver.synced()
  say({ entries: [entry(1)] })
  await settle()
  say({ entries: [entry(2)], messagesAfterSync: [message('eu')] })
  const told = driver.synced().then(() => events.push('told'))
  syncs[0]?.resolve()
  await settle()
  expect(events).not.toContain('told')
  syncs[1]?.resolve()
  await told
  expect(events.indexOf('told')).toBeGreaterThan(events.indexOf('send eu'))
})

test('a sync that fails ends it all: nothing is promised, nothing is taken in', async () => {
  const bench = createBench()
  const { say, events, syncs, settle } = bench
  say({ entries: [entry(1)], messagesAfterSync: [message('eu')] })
  await settle()
  const failure = new Error('no space')
  syncs[0]?.reject(failure)
  await settle()
  expect(bench.failure).toBe(failure)
  say({ messages: [message('asia')] })
  await settle()
  expect(events).toEqual(['write 1'])
})

test.each([
  ['installed', async () => {}],
  ['failed', () => Promise.reject(new Error('no answer'))],
] as const)('a snapshot is %s', async (outcome, install) => {
  const bench = createBench()
  bench.install = install
  const snapshot = { lastIncludedIndex: 5, lastIncludedTerm: 1, membership: { voters: ['a'], learners: [] } }
  bench.say({ snapshot: { snapshot, from: 'ledger-eu' } })
  await bench.settle()
  expect(bench.events).toContain(`snapshot ${outcome}`)
})
