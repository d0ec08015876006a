// The name under which a node is a member of the ledger. It lives and dies with the disk: a node that lost its disk may have voted for and
// acknowledged what it no longer knows of, so it comes back under a new name, and its old one is removed.
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Disk } from '../storage/disk.ts'
import { recovery, StorageDamaged, storageFailed } from '../storage/storage-error.ts'

const SEPARATOR = '~'
const IDENTITY_FILE = 'identity.json'
/** Says that the node is no member any more: what it stored is worth nothing. The supervisor looks for it, too. */
export const LEFT_FILE = 'left'

/** `isStarted`: the log has been written to, so that an empty one has lost what it held. */
const identitySchema = z.object({ id: z.string().min(1).max(120), isStarted: z.boolean() })
export type Identity = z.infer<typeof identitySchema>

/** The node that a member is: `ledger-eu` for `ledger-eu~3f2a9c01`. */
export function instanceOf(id: string): string {
  return id.split(SEPARATOR, 1)[0] ?? id
}

/**
 * Reads the node's name, or gives it one: its own as a founder of the ledger, a new one otherwise.
 * Rejects with `StorageDamaged` or `StorageFailed`.
 */
export async function openIdentity(
  { disk, folder }: { disk: Disk; folder: string },
  node: string,
  isFounder: boolean,
): Promise<Identity> {
  if (existsSync(join(folder, LEFT_FILE))) rmSync(folder, { recursive: true })
  const file = join(folder, IDENTITY_FILE)
  if (existsSync(file)) return readIdentity(file, folder)
  if (existsSync(folder) && readdirSync(folder).some((name) => name === 'log' || name === 'chain')) {
    throw new StorageDamaged(
      `${folder} holds a ledger without ${IDENTITY_FILE}, which says whose it is. ${recovery(folder)}`,
    )
  }
  const id = isFounder ? node : `${node}${SEPARATOR}${randomBytes(4).toString('hex')}`
  const identity = { id, isStarted: false }
  await writeIdentity({ disk, folder }, identity)
  return identity
}

/** Rejects with `StorageFailed`. */
export async function writeIdentity(
  { disk, folder }: { disk: Disk; folder: string },
  identity: Identity,
): Promise<void> {
  const file = join(folder, IDENTITY_FILE)
  try {
    await disk.makeFolder(folder)
    await disk.replace(file, `${JSON.stringify(identity)}\n`)
  } catch (error) {
    throw storageFailed(`write ${file}`, error)
  }
}

function readIdentity(file: string, folder: string): Identity {
  try {
    return identitySchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new StorageDamaged(`${file} cannot be read as a member's name. ${recovery(folder)}`, { cause })
  }
}
