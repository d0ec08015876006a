// What lies on the disk of a node, checked against each other before it starts.
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeBlock, tipOf } from '../chain/block.ts'
import { testChain } from '../chain/test-blocks.ts'
import type { Entry } from '../raft/messages.ts'
import type { LogPart } from '../storage/log-store.ts'
import { LEFT_FILE } from './identity.ts'
import { openStoredLedger } from './stored-ledger.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-stored-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const blocks = testChain([1, 2, 1])
/** As the log has them: no-ops between. */
const entries = blocks.flatMap((block): Entry[] => [
  { kind: 'no-op', term: 3, index: block.header.index - 1 },
  { kind: 'data', term: 3, index: block.header.index, data: encodeBlock(block) },
])
const founders = ['ledger-na', 'ledger-eu']

const open = (isFounding: boolean, node = 'ledger-na') =>
  openStoredLedger({
    node,
    folder: join(folder, node),
    founders: isFounding ? founders : undefined,
    log: pino({ level: 'silent' }),
    onFailure: () => {},
  })

async function close({ logStore, chain }: Awaited<ReturnType<typeof open>>): Promise<void> {
  await logStore.close()
  await chain.close()
}

/** A node with these parts in its log and so many blocks in its chain. */
async function stored(parts: LogPart[], blocksInChain: number): Promise<void> {
  const opened = await open(true)
  await opened.logStore.append(parts)
  for (const block of blocks.slice(0, blocksInChain)) opened.state.apply(block)
  await close(opened)
}

test('a founder has its own name and knows the members, now and when it starts again', async () => {
  for (const isFounding of [true, false]) {
    const opened = await open(isFounding)
    expect(opened.id).toBe('ledger-na')
    expect(opened.restored.snapshot.membership.voters).toEqual(founders)
    await close(opened)
  }
})

test('a node without a disk that joins has a name that nobody had, keeps it, and knows no member', async () => {
  const first = await open(false)
  expect(first.id).toMatch(/^ledger-na~[0-9a-f]{8}$/)
  expect(first.restored.snapshot.membership).toEqual({ voters: [], learners: [] })
  await close(first)
  const again = await open(false)
  expect(again.id).toBe(first.id)
  await close(again)
  await rm(join(folder, 'ledger-na'), { recursive: true })
  const anew = await open(false)
  expect(anew.id).not.toBe(first.id)
  await close(anew)
})

test('a node that was removed begins anew', async () => {
  await stored([{ entries }], 3)
  await writeFile(join(folder, 'ledger-na', LEFT_FILE), '')
  const opened = await open(false)
  expect(opened.id).toMatch(/~/)
  expect(opened.state.charges).toBe(0)
  await close(opened)
})

test('blocks that the chain lacks are applied again from the log', async () => {
  await stored([{ entries }], 2)
  const opened = await open(false)
  expect(opened.restored.appliedIndex).toBe(tipOf(blocks[1]!).index)
  for (const block of blocks) opened.state.apply(block)
  expect(opened.state.tip).toEqual(tipOf(blocks[2]!))
  expect(opened.state.charges).toBe(4)
  await close(opened)
})

test('a log that lost what had been stored is refused', async () => {
  await stored([{ entries: entries.slice(0, 2) }], 3)
  await expect(open(false)).rejects.toThrow(/log ends at 2, but block 3 was committed at 6: .*delete the folder/)
})

test('a chain that was being fetched when the node died goes on from there', async () => {
  await stored([{ entries: entries.slice(0, 2) }, { fetchingUpTo: 6 }], 3)
  const opened = await open(false)
  expect(opened.restored.appliedIndex).toBe(2)
  expect(opened.state.tip.height).toBe(3)
  await close(opened)
})

test('a node that died before its old log gave way to a snapshot goes on from the snapshot', async () => {
  const opened = await open(true)
  await opened.logStore.append([{ entries: entries.slice(0, 2) }])
  for (const block of blocks) opened.state.apply(block)
  await opened.state.sync()
  const { tip } = opened.state
  const membership = { voters: founders, learners: [] }
  await opened.logStore.saveSnapshot({ lastIncludedIndex: 6, lastIncludedTerm: 3, membership }, tip, 6)
  await opened.logStore.append([{ entries: entries.slice(2, 3) }])
  await close(opened)
  const again = await open(false)
  expect(again.restored.appliedIndex).toBe(6)
  expect(again.state.tip).toEqual(tipOf(blocks[2]!))
  await close(again)
})

test('a ledger whose owner is not known is refused', async () => {
  await stored([{ entries }], 3)
  await rm(join(folder, 'ledger-na/identity.json'))
  await expect(open(false)).rejects.toThrow('holds a ledger without identity.json')
})

test('the last entry cut off where the chain has its block: not a torn write, for it had been applied', async () => {
  await stored([{ entries: entries.slice(0, 4) }], 2)
  const segment = join(folder, 'ledger-na/log/00000001.seg')
  await truncate(segment, (await readFile(segment)).length - 5)
  await expect(open(false)).rejects.toMatchObject({ name: 'StorageDamaged' })
})

test.each(['removed', 'emptied'])(
  'a log that was %s is refused: under its old name the node might vote twice',
  async (how) => {
    await stored([], 0)
    const segment = join(folder, 'ledger-na/log/00000001.seg')
    if (how === 'removed') await rm(join(folder, 'ledger-na/log'), { recursive: true })
    else await truncate(segment, 0)
    await expect(open(true)).rejects.toThrow(/log is empty, but had been written to.*delete the folder/)
  },
)
