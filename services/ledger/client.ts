// How other services call `ledger`.
import type { Caller } from '../kit/calls/caller.ts'
import { type ClientOf, createClient } from '../kit/http/client.ts'
import { HttpError } from '../kit/http/errors.ts'
import { findProofFault } from './chain/proof.ts'
import { type LedgerCharge, ledgerApi } from './contract.ts'

export type LedgerClient = ClientOf<typeof ledgerApi>

export function createLedgerClient(caller: Caller): LedgerClient {
  return createClient(ledgerApi, caller)
}

/**
 * Appends the charge, or finds that it is there, and believes it only by its proof of inclusion. Resolves to the block that holds it.
 * Throws `HttpError`: 409 when the ledger has another charge of this id, 502 `proof_invalid`, 503 or 504 when no majority can be reached in time.
 */
export async function appendProven(
  ledger: Pick<LedgerClient, 'append'>,
  charge: LedgerCharge,
): Promise<{ height: number; hash: string }> {
  const { proof } = await ledger.append({ body: charge, headers: {} })
  const fault = findProofFault(proof, charge)
  if (fault !== undefined) throw new HttpError(502, 'proof_invalid', `the ledger's proof does not hold: ${fault}`)
  return { height: proof.header.height, hash: proof.blockHash }
}
