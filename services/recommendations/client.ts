// How other services call `recommendations`.
import type { Caller } from '../kit/calls/caller.ts'
import { type ClientOf, createClient } from '../kit/http/client.ts'
import { recommendationsApi } from './contract.ts'

export type RecommendationsClient = ClientOf<typeof recommendationsApi>

export function createRecommendationsClient(caller: Caller): RecommendationsClient {
  return createClient(recommendationsApi, caller)
}
