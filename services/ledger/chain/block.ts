// A block: charges that were committed together, chained to the block before by its hash.
// The canonical bytes of a block are its JSON with members in a fixed order; a reader accepts no others.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Charge, encodeCharge } from './charge.ts'
import { hashLeaf, merkleRoot } from './merkle.ts'

/** More make a block too large for one message. */
export const MAX_CHARGES = 256

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 hash in lower-case hexadecimal')

export const BlockHeader = z.strictObject({
  /** 1 for the first block, then one more each. */
  height: z.int().positive(),
  /** Place in the Raft log; it grows, but with gaps: a log holds more than blocks. */
  index: z.int().positive(),
  /** Term of the leader that made the block. */
  term: z.int().positive(),
  /** Hash of the block before; zeros for the first. */
  previousHash: Hash,
  /** Over the charges, in their order. */
  merkleRoot: Hash,
  count: z.int().min(1).max(MAX_CHARGES),
  /** By the leader's clock: for people; nothing is decided by it. */
  sealedAtUnixMs: z.int().nonnegative(),
})
export type BlockHeader = z.infer<typeof BlockHeader>

export const Block = z.strictObject({
  header: BlockHeader,
  /** Of the header, which covers everything else. */
  hash: Hash,
  charges: z.array(Charge).min(1).max(MAX_CHARGES),
})
export type Block = z.infer<typeof Block>

/** What the next block has to follow. */
export const tipSchema = z.strictObject({ height: z.int().nonnegative(), index: z.int().nonnegative(), hash: Hash })
export type Tip = z.infer<typeof tipSchema>

export const GENESIS: Tip = { height: 0, index: 0, hash: '0'.repeat(64) }

/** Neither a leaf nor an inner node of a Merkle tree begins with it, see merkle.ts. */
const HEADER_PREFIX = Buffer.from([0x02])

function encodeHeader(header: BlockHeader): string {
  const { height, index, term, previousHash, merkleRoot, count, sealedAtUnixMs } = header
  return JSON.stringify({ count, height, index, merkleRoot, previousHash, sealedAtUnixMs, term })
}

export function hashHeader(header: BlockHeader): string {
  return createHash('sha256').update(HEADER_PREFIX).update(encodeHeader(header)).digest('hex')
}

/** @param charges at least one and at most MAX_CHARGES */
export function sealBlock(
  tip: Tip,
  place: { index: number; term: number; sealedAtUnixMs: number },
  charges: readonly Charge[],
): Block {
  const header: BlockHeader = {
    height: tip.height + 1,
    index: place.index,
    term: place.term,
    previousHash: tip.hash,
    merkleRoot: merkleRoot(leavesOf(charges)).toString('hex'),
    count: charges.length,
    sealedAtUnixMs: place.sealedAtUnixMs,
  }
  return { header, hash: hashHeader(header), charges: [...charges] }
}

export function tipOf({ header, hash }: Block): Tip {
  return { height: header.height, index: header.index, hash }
}

export function leavesOf(charges: readonly Charge[]): Buffer[] {
  return charges.map((charge) => hashLeaf(encodeCharge(charge)))
}

export function encodeBlock({ header, hash, charges }: Block): string {
  return `{"header":${encodeHeader(header)},"hash":"${hash}","charges":[${charges.map(encodeCharge).join()}]}`
}

/** Undefined when the text is not the one canonical encoding of a block. What the block says is not judged here. */
export function decodeBlock(text: string): Block | undefined {
  try {
    const block = Block.safeParse(JSON.parse(text)).data
    return block && encodeBlock(block) === text ? block : undefined
  } catch {
    return undefined
  }
}
