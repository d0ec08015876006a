// Checks blocks against each other and against themselves. Pure; it says what is wrong and never mends it.
import { type Block, hashHeader, leavesOf, type Tip } from './block.ts'
import { merkleRoot } from './merkle.ts'

/** What is wrong with `block` as the one that follows `tip`, in words; undefined when nothing is. */
export function findFault(block: Block, tip: Tip): string | undefined {
  const { header, hash, charges } = block
  if (header.height !== tip.height + 1) return `its height is ${header.height}, not ${tip.height + 1}`
  if (header.previousHash !== tip.hash) return 'it does not follow the block before: another previous hash'
  if (header.index <= tip.index) return `its place in the log, ${header.index}, is not after ${tip.index}`
  if (hashHeader(header) !== hash) return 'its hash is not that of its header'
  if (header.count !== charges.length) return `it says ${header.count} charges and holds ${charges.length}`
  if (merkleRoot(leavesOf(charges)).toString('hex') !== header.merkleRoot)
    return 'its charges do not have its Merkle root'
  const ids = new Set(charges.map(({ chargeId }) => chargeId))
  return ids.size === charges.length ? undefined : 'it holds a charge twice'
}
