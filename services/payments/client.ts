// How other services call `payments`.
import type { Caller } from '../kit/calls/caller.ts'
import { type ClientOf, createClient } from '../kit/http/client.ts'
import { paymentsApi } from './contract.ts'

export type PaymentsClient = ClientOf<typeof paymentsApi>

export function createPaymentsClient(caller: Caller): PaymentsClient {
  return createClient(paymentsApi, caller)
}
