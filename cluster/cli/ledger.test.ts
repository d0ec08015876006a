// The ledger's commands on real ledger nodes: what is tampered with on a disk is named, whichever way it was done.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Block, encodeBlock, GENESIS, sealBlock, tipOf } from '../../services/ledger/chain/block.ts'
import { testCharge } from '../../services/ledger/chain/test-blocks.ts'
import { encodeFrame } from '../../services/ledger/storage/frame.ts'
import { createGroup, type Group } from '../../services/ledger/test-group.ts'
import { until } from '../../test/until.ts'
import type { ClusterStatus } from '../control-plane/contract.ts'
import { registerLedger } from './ledger.ts'
import { createTestContext, runCommand } from './test-context.ts'

const names = ['ledger-na', 'ledger-eu', 'ledger-asia']

let group: Group
let blocks: Block[]
beforeAll(async () => {
  group = await createGroup(names)
  for (const name of names) await group.start(name)
  const leader = await group.leader()
  for (let number = 1; number <= 3; number++) {
    await until('a block', () => leader.client.append({ body: testCharge(number), headers: {} }).catch(() => undefined))
  }
  await until('equal chains', () => new Set(group.nodes().map(({ ledger }) => ledger.state.tip.hash)).size === 1)
  blocks = (await leader.client.readBlocks({ query: {} })).blocks
})
afterAll(() => group?.close())
afterEach(() => {
  process.exitCode = undefined
})

async function run(...args: string[]) {
  const context = createTestContext()
  const nodes = names.map((id) => ({
    id,
    kind: 'ledger',
    region: 'na',
    address: `127.0.0.1:${group.portOf(id)}`,
    state: 'running',
  }))
  // What the commands read of it.
  const status = { nodes } as unknown as ClusterStatus
  const control = () => ({ getStatus: async () => status }) as unknown as ReturnType<typeof context.control>
  await runCommand({ ...context, control }, registerLedger, 'ledger', ...args)
  return context.printed
}

const segmentOf = (name: string) => join(group.get(name).folder, 'chain/00000001.seg')

/** Changes a file for the time of `work`. */
async function whileChanged(file: string, bytes: Buffer, work: () => Promise<void>): Promise<void> {
  const before = readFileSync(file)
  writeFileSync(file, bytes)
  try {
    await work()
  } finally {
    writeFileSync(file, before)
  }
}

test('show: every node, who leads, and whether there is a majority', async () => {
  const lines = await run('show')
  expect(lines[0]).toMatch(
    /^NODE +REGION +ROLE +TERM +COMMITTED +APPLIED +BEHIND +BLOCKS +CHARGES +DISK +NEWEST BLOCK$/,
  )
  for (const name of names) expect(lines.join('\n')).toContain(name)
  expect(lines.filter((line) => line.includes(' leader '))).toHaveLength(1)
  expect(lines.at(-1)).toMatch(/^ledger-\w+ leads; 3 of 3 voters are heard of, 2 are needed$/)
  const [json = ''] = await run('show', '--json')
  expect(JSON.parse(json)).toMatchObject(names.map((node) => ({ node, failure: null, status: { charges: 3 } })))
})

test('tail: blocks and their charges', async () => {
  const lines = await run('tail', '-n', '2', '--node', 'ledger-eu')
  expect(lines[0]).toContain(blocks.at(-2)!.hash.slice(0, 12))
  expect(lines.join('\n')).toContain(testCharge(3).orderId)
  await expect(run('tail', '--node', 'ledger-xx')).rejects.toThrow(
    'there is no ledger node ledger-xx; there are ledger-na',
  )
})

test('verify: whole and the same everywhere', async () => {
  expect(await run('verify')).toEqual(names.map((name) => `${name.padEnd(11)}  whole  3 blocks, 3 charges`))
  expect(process.exitCode).toBeUndefined()
})

test('verify: a byte that is flipped on a disk is named by its block and node', async () => {
  const file = segmentOf('ledger-eu')
  const bytes = Buffer.from(readFileSync(file))
  const at = bytes.indexOf(testCharge(2).orderId)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await whileChanged(file, bytes, async () => {
    const lines = await run('verify')
    expect(lines.find((line) => line.startsWith('ledger-eu'))).toContain('block 2 was tampered with')
    expect(lines.filter((line) => line.includes('whole'))).toHaveLength(2)
    expect(process.exitCode).toBe(3)
    const [json = ''] = await run('verify', '--json')
    expect(JSON.parse(json)).toMatchObject({
      isWhole: false,
      nodes: [{}, { node: 'ledger-eu', fault: { height: 2 } }, {}],
    })
  })
})

test('verify: a chain that was forged whole, from its second block on, differs from the others there', async () => {
  const [first, second, third] = blocks as [Block, Block, Block]
  const reseal = (block: Block, after: Block, charges = block.charges) => sealBlock(tipOf(after), block.header, charges)
  // As long as the true one, so that every block lies where the node expects it.
  const forged = reseal(second, first, [{ ...second.charges[0]!, amountCents: 101 }])
  const chain = [first, forged, reseal(third, forged)]
  expect(sealBlock(GENESIS, first.header, first.charges)).toEqual(first)
  await whileChanged(
    segmentOf('ledger-asia'),
    Buffer.concat(chain.map((block) => encodeFrame(encodeBlock(block)))),
    async () => {
      const lines = await run('verify')
      expect(lines.filter((line) => line.includes('whole'))).toHaveLength(3)
      expect(lines[3]).toBe('block 2 is the first that is not the same everywhere:')
      expect(lines[6]).toBe(`  ledger-asia ${forged.hash.slice(0, 12)}`)
      expect(process.exitCode).toBe(3)
    },
  )
})
