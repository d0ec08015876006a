// Merkle trees over the charges of a block and proofs of inclusion, by RFC 6962 section 2.1 (RFC 9162 has the same trees).
// Leaves and inner nodes are hashed under different prefixes, so that neither can be passed off as the other.
import { createHash } from 'node:crypto'

const LEAF = Buffer.from([0x00])
const NODE = Buffer.from([0x01])

export function hashLeaf(data: string): Buffer {
  return createHash('sha256').update(LEAF).update(data).digest()
}

function hashNode(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest()
}

/** The largest power of two below `count`, which must be above 1. */
function splitOf(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1)
}

/** The root over leaf hashes (RFC 6962, 2.1); of none it is the hash of nothing. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (!only) return createHash('sha256').digest()
  if (leaves.length === 1) return only
  const split = splitOf(leaves.length)
  return hashNode(merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)))
}

/** The audit path of a leaf, nearest sibling first (RFC 6962, 2.1.1). Throws a `RangeError` when there is no such leaf. */
export function auditPath(leaves: readonly Buffer[], index: number): Buffer[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`there is no leaf ${index} among ${leaves.length}`)
  }
  if (leaves.length === 1) return []
  const split = splitOf(leaves.length)
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)]
  return index < split
    ? [...auditPath(left, index), merkleRoot(right)]
    : [...auditPath(right, index - split), merkleRoot(left)]
}

/** The root that a leaf and its path lead to (RFC 9162, 2.1.3.2); undefined when the path has not the length that the tree asks for. */
export function rootFromPath(leaf: Buffer, index: number, count: number, path: readonly Buffer[]): Buffer | undefined {
  if (!Number.isInteger(index) || index < 0 || index >= count) return undefined
  let position = index
  let last = count - 1
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return undefined
    if (position % 2 === 1 || position === last) {
      hash = hashNode(sibling, hash)
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else {
      hash = hashNode(hash, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash : undefined
}
