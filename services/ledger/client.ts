// How other services call `ledger`.
import type { Caller } from '../kit/calls/caller.ts'
import { type ClientOf, createClient } from '../kit/http/client.ts'
import { ledgerApi } from './contract.ts'

export type LedgerClient = ClientOf<typeof ledgerApi>

export function createLedgerClient(caller: Caller): LedgerClient {
  return createClient(ledgerApi, caller)
}
