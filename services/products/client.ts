// How other services call `products`.
import type { Caller } from '../kit/calls/caller.ts'
import { type ClientOf, createClient } from '../kit/http/client.ts'
import { productsApi } from './contract.ts'

export type ProductsClient = ClientOf<typeof productsApi>

export function createProductsClient(caller: Caller): ProductsClient {
  return createClient(productsApi, caller)
}
