// The chain on a real disk, tampered with in the ways that a checksum finds and in those that only the hashes do.
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Block, encodeBlock, GENESIS, hashHeader, tipOf } from '../chain/block.ts'
import { testChain } from '../chain/test-blocks.ts'
import { ChainStore } from './chain-store.ts'
import { realDisk } from './disk.ts'
import { encodeFrame } from './frame.ts'

let nodeFolder: string
beforeEach(async () => {
  nodeFolder = await mkdtemp(join(tmpdir(), 'faultline-chain-'))
})
afterEach(() => rm(nodeFolder, { recursive: true, force: true }))

const blocks = testChain([1, 3, 2, 5])
const onCutBack = vi.fn()
const segment = () => join(nodeFolder, 'chain/00000001.seg')

async function open(synced = GENESIS) {
  const found: Block[] = []
  const store = await ChainStore.open({
    disk: realDisk,
    nodeFolder,
    synced,
    onBlock: (block) => found.push(block),
    onCutBack,
  })
  return { store, found }
}

async function written(): Promise<void> {
  const { store } = await open()
  for (const block of blocks) await store.append(block)
  await store.close()
}

test('blocks are there again, each by its height', async () => {
  await written()
  const { store, found } = await open()
  expect(found).toEqual(blocks)
  expect(store.tip).toEqual(tipOf(blocks[3]!))
  expect(await store.read(2)).toEqual(blocks[1])
  expect(await store.read(5)).toBeUndefined()
  await store.close()
})

test('a byte that is changed while the node runs is found when the block is read', async () => {
  await written()
  const { store } = await open()
  const bytes = await readFile(segment())
  const at = bytes.indexOf(blocks[2]!.hash)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(segment(), bytes)
  expect(await store.read(2)).toEqual(blocks[1])
  await expect(store.read(3)).rejects.toMatchObject({ name: 'StorageDamaged' })
  await store.close()
})

test.each([
  [
    'an amount',
    (block: Block) => ({ ...block, charges: block.charges.map((charge) => ({ ...charge, amountCents: 1 })) }),
  ],
  [
    'the hash of a header that was changed with it',
    (block: Block) => {
      const header = { ...block.header, sealedAtUnixMs: 5 }
      return { ...block, header, hash: hashHeader(header) }
    },
  ],
])('who changes %s and makes the checksum anew is found by the hashes', async (_what, tamper) => {
  const frames = blocks.map((block, index) => encodeFrame(encodeBlock(index === 1 ? tamper(block) : block)))
  await written()
  await writeFile(segment(), Buffer.concat(frames))
  await expect(open()).rejects.toThrow(/block [23] in segment 1 .* was tampered with: .*delete the folder/)
})

test('damage behind what was synced is cut off, for the log has it', async () => {
  await written()
  const bytes = await readFile(segment())
  bytes[bytes.indexOf(blocks[2]!.hash)] = 0x7a
  await writeFile(segment(), bytes)
  await expect(open(tipOf(blocks[2]!))).rejects.toThrow('is damaged at byte')
  const { store, found } = await open(tipOf(blocks[1]!))
  expect(found).toEqual(blocks.slice(0, 2))
  expect(onCutBack).toHaveBeenCalled()
  await store.append(blocks[2]!)
  await store.close()
  const again = await open(tipOf(blocks[2]!))
  expect(again.found).toEqual(blocks.slice(0, 3))
  await again.store.close()
})

test('a chain that lost blocks that had been synced is refused', async () => {
  await written()
  await truncate(segment(), 40)
  await expect(open(tipOf(blocks[1]!))).rejects.toThrow('ends with block 0, but block 2 had been stored')
})

test('a chain that was replaced by another sound one is refused', async () => {
  await written()
  const others = testChain([2, 2, 2])
  await writeFile(segment(), Buffer.concat(others.map((block) => encodeFrame(encodeBlock(block)))))
  await expect(open(tipOf(blocks[1]!))).rejects.toThrow('block 2 in segment 1')
})
