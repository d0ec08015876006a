// Proof that a charge is in a block: whoever knows the block's hash can check it without the block's other charges.
import { z } from 'zod'
import { type Block, BlockHeader, hashHeader, leavesOf } from './block.ts'
import { Charge, encodeCharge, sameCharge } from './charge.ts'
import { auditPath, hashLeaf, rootFromPath } from './merkle.ts'

export const InclusionProof = z.strictObject({
  charge: Charge,
  /** Place of the charge in its block. */
  leafIndex: z.int().nonnegative(),
  /** Hashes of siblings from the leaf up, hexadecimal. */
  path: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(16),
  header: BlockHeader,
  blockHash: z.string(),
})
export type InclusionProof = z.infer<typeof InclusionProof>

/** Throws a `RangeError` when the block has no such charge. */
export function proveInclusion({ header, hash, charges }: Block, leafIndex: number): InclusionProof {
  const path = auditPath(leavesOf(charges), leafIndex).map((sibling) => sibling.toString('hex'))
  const charge = charges[leafIndex]
  if (!charge) throw new RangeError(`there is no charge ${leafIndex} in block ${header.height}`)
  return { charge, leafIndex, path, header, blockHash: hash }
}

/** What keeps `proof` from proving that `charge` is in the block of its header, in words; undefined when it does prove it. */
export function findProofFault(proof: InclusionProof, charge: Charge): string | undefined {
  const { leafIndex, header, blockHash } = proof
  if (!sameCharge(proof.charge, charge)) return 'it is about another charge'
  if (hashHeader(header) !== blockHash) return 'the hash is not that of the header'
  const path = proof.path.map((hash) => Buffer.from(hash, 'hex'))
  const root = rootFromPath(hashLeaf(encodeCharge(charge)), leafIndex, header.count, path)
  return root?.toString('hex') === header.merkleRoot ? undefined : "the path does not lead to the block's Merkle root"
}
