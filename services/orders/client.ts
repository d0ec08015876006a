// How other services call `orders`.
import type { Caller } from '../kit/calls/caller.ts'
import { type ClientOf, createClient } from '../kit/http/client.ts'
import { ordersApi } from './contract.ts'

export type OrdersClient = ClientOf<typeof ordersApi>

export function createOrdersClient(caller: Caller): OrdersClient {
  return createClient(ordersApi, caller)
}
