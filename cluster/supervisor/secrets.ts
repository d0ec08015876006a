// Secrets of a data directory: made at random once, kept in a file that only its owner may read.
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { DatabaseRole } from '../topology/kinds.ts'

const secret = z.string().min(32)
const Secrets = z.object({
  /** Signs sessions. */
  session: secret,
  /** Password by database role. */
  database: z.object({ users: secret, products: secret, orders: secret, payments: secret, fulfilment: secret }),
})
export type Secrets = z.infer<typeof Secrets>

export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Throws an `Error` that says what to do when the file cannot be read. */
export function readOrCreateSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return create(path)
  }
  try {
    return Secrets.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(
      `${path} is damaged; without it the data beside it is closed. Move ${dataDir} away to start afresh.`,
      {
        cause,
      },
    )
  }
}

function create(path: string): Secrets {
  const database: Record<DatabaseRole, string> = {
    users: newSecret(),
    products: newSecret(),
    orders: newSecret(),
    payments: newSecret(),
    fulfilment: newSecret(),
  }
  const secrets: Secrets = { session: newSecret(), database }
  writeFileSync(`${path}.new`, JSON.stringify(secrets), { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return secrets
}
