// What a ledger answers for a charge that stands alone in its first block, for tests of those who ask it.
import { GENESIS, sealBlock } from '../services/ledger/chain/block.ts'
import { proveInclusion } from '../services/ledger/chain/proof.ts'
import type { Committed, LedgerCharge } from '../services/ledger/contract.ts'

export function proveAlone(charge: LedgerCharge): Committed {
  const block = sealBlock(GENESIS, { index: 2, term: 1, sealedAtUnixMs: 0 }, [charge])
  return { node: 'ledger-na', leader: 'ledger-na', isNew: true, proof: proveInclusion(block, 0) }
}
