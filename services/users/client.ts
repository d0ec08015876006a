// How other services call `users`.
import type { Caller } from '../kit/calls/caller.ts'
import { type ClientOf, createClient } from '../kit/http/client.ts'
import { usersApi } from './contract.ts'

export type UsersClient = ClientOf<typeof usersApi>

export function createUsersClient(caller: Caller): UsersClient {
  return createClient(usersApi, caller)
}
