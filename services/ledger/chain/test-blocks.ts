// Blocks for tests, made of counted charges.
import { type Block, GENESIS, sealBlock, type Tip, tipOf } from './block.ts'
import type { Charge } from './charge.ts'

export function testCharge(number: number): Charge {
  const digits = String(number).padStart(12, '0')
  return {
    orderId: `00000000-0000-4000-8000-${digits}`,
    chargeId: `11111111-1111-4111-8111-${digits}`,
    amountCents: 100 + number,
    currency: 'USD',
    authorisedAtUnixMs: 1_700_000_000_000 + number,
  }
}

/** `sizes` charges a block, one block after the other, at the log's places 2, 4, 6, … */
export function testChain(sizes: readonly number[], from: Tip = GENESIS): Block[] {
  const blocks: Block[] = []
  let tip = from
  let next = from.height * 1_000
  for (const size of sizes) {
    const charges = Array.from({ length: size }, () => testCharge(next++))
    const block = sealBlock(tip, { index: tip.index + 2, term: 3, sealedAtUnixMs: 1_700_000_000_000 }, charges)
    blocks.push(block)
    tip = tipOf(block)
  }
  return blocks
}
