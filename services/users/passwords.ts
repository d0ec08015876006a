// Passwords as argon2id hashes. Hashing is dear on purpose, so few run at a time, few wait, and the rest is turned away.
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { BulkheadRejectedError, bulkhead, TaskCancelledError } from 'cockatiel'
import { currentScope } from '../kit/http/deadline.ts'
import { HttpError } from '../kit/http/errors.ts'

/**
 * OWASP's argon2id setting for little memory: 7 MiB, five passes, one lane.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const cost = { memoryCost: 7_168, timeCost: 5, parallelism: 1 }

export type Passwords = {
  hash(password: string): Promise<string>
  /** With `undefined` for an account that does not exist it takes as long as with a real hash, and is false. */
  matches(password: string, passwordHash: string | undefined): Promise<boolean>
}

/** Both functions throw a 503 when `concurrent` hashes are under way and `waiting` more are in the queue. */
export function createPasswords({ concurrent = 2, waiting = 32 } = {}): Passwords {
  const queue = bulkhead(concurrent, waiting)
  const nobodysHash = hash(randomBytes(16), cost)
  const inTurn = <T>(work: () => Promise<T>) => queue.execute(work, currentScope()?.signal).catch(rethrow)
  return {
    hash: (password) => inTurn(() => hash(password, cost)),
    matches: (password, passwordHash) =>
      inTurn(async () => {
        const equal = await verify(passwordHash ?? (await nobodysHash), password)
        return equal && passwordHash !== undefined
      }),
  }
}

function rethrow(error: unknown): never {
  if (error instanceof BulkheadRejectedError) {
    throw new HttpError(503, 'overloaded', 'too many people sign up or log in at the moment', {
      cause: error,
      headers: { 'retry-after': '1' },
    })
  }
  if (error instanceof TaskCancelledError) {
    throw new HttpError(504, 'deadline_exceeded', 'the request ended before its turn came', { cause: error })
  }
  throw error
}
