// Makes the secrets of an installation once, at random, in volumes that only those who need them have mounted. Changes none that is there.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newSecret, readOrCreateSecrets } from '../supervisor/secrets.ts'
import type { SettingsOf } from './settings.ts'

/** Passwords that PostgreSQL's own containers read: of its superuser, and of the role that replicas connect with. */
export const postgresSecrets = ['superuser', 'replication'] as const
export type PostgresSecret = (typeof postgresSecrets)[number]

/** Returns the names of those that were made now. Throws what the file system throws, and for a damaged file what to do. */
export function makeSecrets(settings: SettingsOf<'secrets'>): string[] {
  const { FAULTLINE_PASSWORDS_DIR: passwords, FAULTLINE_POSTGRES_PASSWORDS_DIR: postgres } = settings
  const wanted = [settings.FAULTLINE_TOKEN_FILE, ...postgresSecrets.map((name) => join(postgres, name))]
  const missing = wanted.filter((path) => !existsSync(path))
  // Prometheus and PostgreSQL run as users of their own, and see nothing but the volume that is meant for them.
  for (const path of missing) writeOnce(path, newSecret(), 0o444)
  const hadPasswords = existsSync(join(passwords, 'secrets.json'))
  mkdirSync(passwords, { recursive: true })
  readOrCreateSecrets(passwords)
  return [...missing, ...(hadPasswords ? [] : [join(passwords, 'secrets.json')])]
}

/** Throws an `Error` that names the file when there is none. */
export function readSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new Error(`the secret ${path} cannot be read: has the service \`secrets\` run, and is its volume mounted?`, {
      cause,
    })
  }
}

function writeOnce(path: string, secret: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, secret, { mode })
  renameSync(`${path}.new`, path)
}
