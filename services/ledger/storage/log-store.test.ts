// The log on a real disk: what was acknowledged is there again, whatever happened to the file since, or the store says what to do.
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GENESIS } from '../chain/block.ts'
import type { Entry, Snapshot } from '../raft/messages.ts'
import { type Disk, realDisk } from './disk.ts'
import { LogStore } from './log-store.ts'
import { createFailingDisk } from './test-disk.ts'

let nodeFolder: string
beforeEach(async () => {
  nodeFolder = await mkdtemp(join(tmpdir(), 'faultline-ledger-'))
})
afterEach(() => rm(nodeFolder, { recursive: true, force: true }))

const onCutBack = vi.fn()
const open = (disk: Disk = realDisk) => LogStore.open({ disk, nodeFolder, onCutBack })
const entry = (index: number, term = 1): Entry => ({ kind: 'data', index, term, data: `data of ${index} in ${term}` })
const entries = (from: number, to: number, term = 1) =>
  Array.from({ length: to - from + 1 }, (_, offset) => entry(from + offset, term))
const hardState = { currentTerm: 1, votedFor: 'ledger-na' }
const membership = { voters: ['ledger-na'], learners: [] }
const snapshotAt = (index: number, term = 1): Snapshot => ({
  lastIncludedIndex: index,
  lastIncludedTerm: term,
  membership,
})
const firstSegment = () => join(nodeFolder, 'log/00000001.seg')

async function reopened() {
  const { store, stored } = await open()
  await store.close()
  return stored
}

test('a new log is empty', async () => {
  const { store, stored, isNew } = await open()
  await store.close()
  expect(isNew).toBe(true)
  expect(stored).toMatchObject({ hardState: { currentTerm: 0, votedFor: null }, entries: [] })
})

test('what was appended is there again, the last hard state and overwritten entries included', async () => {
  const { store } = await open()
  await store.append([{ snapshot: snapshotAt(0, 0), hardState, entries: entries(1, 3) }])
  await store.append([{ entries: entries(4, 6) }, { hardState: { currentTerm: 2, votedFor: null } }])
  await store.append([{ entries: entries(3, 4, 2) }])
  expect([store.lastIndex, store.entries]).toEqual([4, 4])
  await store.close()
  const stored = await reopened()
  expect(stored.hardState).toEqual({ currentTerm: 2, votedFor: null })
  expect(stored.entries).toEqual([...entries(1, 2), ...entries(3, 4, 2)])
  expect(stored.snapshot).toEqual(snapshotAt(0, 0))
})

test('a tail that was cut off anywhere is cut back to what was acknowledged', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 2) }])
  const acknowledged = (await readFile(firstSegment())).length
  await store.append([{ entries: entries(3, 3) }])
  await store.close()
  const whole = await readFile(firstSegment())
  for (const length of [acknowledged + 1, acknowledged + 15, acknowledged + 17, whole.length - 1]) {
    await writeFile(firstSegment(), whole)
    await truncate(firstSegment(), length)
    onCutBack.mockClear()
    expect((await reopened()).entries).toEqual(entries(1, 2))
    expect(onCutBack).toHaveBeenCalledWith(
      expect.objectContaining({ offset: acknowledged, bytes: length - acknowledged }),
    )
    // The cut is on the disk, so that the next start finds nothing.
    onCutBack.mockClear()
    await reopened()
    expect(onCutBack).not.toHaveBeenCalled()
  }
})

test('a tail of zeros, as some file systems leave it, is cut back', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 2) }])
  await store.close()
  await writeFile(firstSegment(), Buffer.concat([await readFile(firstSegment()), Buffer.alloc(4096)]))
  expect((await reopened()).entries).toEqual(entries(1, 2))
})

test('a byte that was changed before the last frame is refused, with its place and what to do', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 2) }])
  await store.append([{ entries: entries(3, 4) }])
  await store.append([{ entries: entries(5, 6) }])
  await store.close()
  const whole = await readFile(firstSegment())
  const second = whole.indexOf(Buffer.from([0xfe, 0x1e, 0xd6, 0x01]), 1)
  // Magic number, length, both checksums, payload.
  for (const at of [second, second + 6, second + 9, second + 13, second + 40]) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 0x10
    await writeFile(firstSegment(), damaged)
    await expect(open()).rejects.toThrow(
      new RegExp(`00000001\\.seg is damaged at byte ${second}: .*delete the folder ${nodeFolder}.*by snapshot`),
    )
  }
})

test('compaction keeps what is needed and removes the rest', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 50) }])
  await store.saveSnapshot(snapshotAt(40), GENESIS, 30)
  await store.append([{ entries: entries(51, 60) }])
  await store.saveSnapshot(snapshotAt(60), GENESIS, 55)
  expect(await readdir(join(nodeFolder, 'log'))).toEqual(['00000002.seg', '00000003.seg'])
  await store.append([{ entries: entries(61, 62) }])
  await store.close()
  const stored = await reopened()
  expect(stored.hardState).toEqual(hardState)
  expect(stored.snapshot).toEqual(snapshotAt(60))
  expect(stored.entries).toEqual(entries(51, 62))
})

test('a snapshot from another server replaces a log that does not lead to it', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 5) }])
  await store.saveSnapshot(snapshotAt(90, 3), GENESIS, 90)
  await store.append([{ entries: entries(91, 92, 3) }])
  await store.close()
  const stored = await reopened()
  expect(stored.snapshot).toEqual(snapshotAt(90, 3))
  expect(stored.entries).toEqual(entries(91, 92, 3))
})

test.each([
  ['ends before the snapshot', entries(6, 8)],
  ['has another entry where the snapshot ends', entries(6, 95)],
])(
  'a replaced log that %s, written behind the snapshot, is left out once its successor begins',
  async (_what, late) => {
    const { store } = await open()
    await store.append([{ hardState, entries: entries(1, 5) }])
    await store.saveSnapshot(snapshotAt(90, 3), GENESIS, 90)
    await store.append([{ entries: late }])
    await store.append([{ entries: entries(91, 92, 3) }])
    await store.close()
    const stored = await reopened()
    expect(stored.snapshot).toEqual(snapshotAt(90, 3))
    expect(stored.entries).toEqual(entries(91, 92, 3))
  },
)

test('a log that catches up with its snapshot goes on behind it', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 5) }])
  await store.saveSnapshot(snapshotAt(8), GENESIS, 0)
  await store.append([{ entries: entries(6, 8) }])
  await store.append([{ entries: entries(9, 10) }])
  await store.close()
  expect((await reopened()).entries).toEqual(entries(6, 10))
})

test('a log with a hole that no snapshot covers is refused', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 5) }])
  await store.append([{ entries: entries(8, 9) }])
  await store.close()
  await expect(open()).rejects.toThrow(/begins with entry 8, but its snapshot ends at 0: .*delete the folder/)
})

test('a snapshot that is being fetched is known of until it is stored', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 2) }, { fetchingUpTo: 70 }])
  await store.close()
  expect(await reopened()).toMatchObject({ fetchingUpTo: 70, entries: entries(1, 2) })
})

test('a segment that is missing is refused', async () => {
  const { store } = await open()
  await store.append([{ hardState, entries: entries(1, 5) }])
  await store.saveSnapshot(snapshotAt(2), GENESIS, 0)
  await store.saveSnapshot(snapshotAt(3), GENESIS, 0)
  await store.close()
  await rm(join(nodeFolder, 'log/00000002.seg'))
  await expect(open()).rejects.toThrow('00000002.seg is damaged at byte 0: this segment is missing')
})

test.each([
  ['write', 'ENOSPC', 'the disk is full: make room'],
  ['sync', 'EIO', 'the disk is failing'],
] as const)(
  'a %s that fails with %s is never acknowledged, and neither is anything after it',
  async (operation, code, words) => {
    const disk = createFailingDisk()
    const { store } = await open(disk)
    await store.append([{ hardState, entries: entries(1, 2) }])
    disk.fail(operation, code)
    await expect(store.append([{ entries: entries(3, 3) }])).rejects.toThrow(words)
    disk.fail(operation, undefined)
    await expect(store.append([{ entries: entries(4, 4) }])).rejects.toMatchObject({ name: 'StorageFailed' })
    await store.close()
    expect((await reopened()).entries.slice(0, 2)).toEqual(entries(1, 2))
  },
)
