// Tampering with any field of a block, or with any part of a proof, is found.
import { expect, test } from 'vitest'
import { type Block, type BlockHeader, decodeBlock, encodeBlock, GENESIS, hashHeader, tipOf } from './block.ts'
import { findProofFault, type InclusionProof, proveInclusion } from './proof.ts'
import { testChain, testCharge } from './test-blocks.ts'
import { findFault } from './verify.ts'

const [first, second, third] = testChain([1, 5, 2]) as [Block, Block, Block]

test('an honest chain has no fault', () => {
  expect(findFault(first, GENESIS)).toBeUndefined()
  expect(findFault(second, tipOf(first))).toBeUndefined()
  expect(findFault(third, tipOf(second))).toBeUndefined()
})

const otherHash = 'ab'.repeat(32)
const otherHeaders: Partial<BlockHeader>[] = [
  { height: 7 },
  { index: 99 },
  { term: 4 },
  { previousHash: otherHash },
  { merkleRoot: otherHash },
  { count: 4 },
  { sealedAtUnixMs: 1 },
]

test.each(otherHeaders)('a changed header is found: %o', (change) => {
  const tampered = { ...second, header: { ...second.header, ...change } }
  expect(findFault(tampered, tipOf(first))).toBeDefined()
})

test.each(otherHeaders)('a changed header with its hash made anew breaks the block, or the next one: %o', (change) => {
  const header = { ...second.header, ...change }
  const tampered = { ...second, header, hash: hashHeader(header) }
  const faults = [findFault(tampered, tipOf(first)), findFault(third, tipOf(tampered))]
  expect(faults.find((fault) => fault !== undefined)).toBeDefined()
})

const otherCharges = [
  { orderId: '99999999-9999-4999-8999-999999999999' },
  { chargeId: '99999999-9999-4999-8999-999999999999' },
  { amountCents: 1 },
  { authorisedAtUnixMs: 1 },
]

test.each(otherCharges)('a changed charge is found: %o', (change) => {
  const charges = second.charges.map((charge, index) => (index === 2 ? { ...charge, ...change } : charge))
  expect(findFault({ ...second, charges }, tipOf(first))).toContain('Merkle root')
})

test('charges that are missing, added, doubled or in another order are found', () => {
  const { charges } = second
  for (const other of [charges.slice(1), [...charges, testCharge(77)], charges.toReversed()]) {
    expect(findFault({ ...second, charges: other }, tipOf(first))).toBeDefined()
  }
  const doubled = testChain([2])[0] as Block
  expect(findFault({ ...doubled, charges: [doubled.charges[0]!, doubled.charges[0]!] }, GENESIS)).toBeDefined()
})

test('a block that is left out is found', () => {
  expect(findFault(third, tipOf(first))).toContain('height')
})

test('a block has one encoding only', () => {
  const text = encodeBlock(second)
  expect(decodeBlock(text)).toEqual(second)
  expect(decodeBlock(` ${text}`)).toBeUndefined()
  expect(decodeBlock(text.replace('"count":5', '"count":5.0'))).toBeUndefined()
  expect(decodeBlock(text.replace('"hash"', '"note":1,"hash"'))).toBeUndefined()
  const { header, hash, charges } = JSON.parse(text)
  expect(decodeBlock(JSON.stringify({ charges, hash, header }))).toBeUndefined()
  expect(decodeBlock(text.slice(0, -1))).toBeUndefined()
})

test('each charge is proved, and no other by its proof', () => {
  for (const [index, charge] of second.charges.entries()) {
    const proof = proveInclusion(second, index)
    expect(findProofFault(proof, charge)).toBeUndefined()
    expect(findProofFault(proof, testCharge(50))).toContain('another charge')
    expect(findProofFault({ ...proof, charge: testCharge(50) }, testCharge(50))).toContain('Merkle root')
  }
})

const proof = proveInclusion(second, 3)
const otherProofs: Partial<InclusionProof>[] = [
  { leafIndex: 2 },
  { path: proof.path.slice(1) },
  { path: proof.path.map(() => otherHash) },
  { header: { ...proof.header, merkleRoot: otherHash } },
  { header: { ...proof.header, count: 6 } },
  { blockHash: otherHash },
]
test.each(otherProofs)('a changed proof proves nothing: %o', (change) => {
  expect(findProofFault({ ...proof, ...change }, proof.charge)).toBeDefined()
})
