/** Writes a server's configuration into its folder before each start. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from './data-directory.ts'
import type { ServerUser } from './server-user.ts'
import { formatConfig, formatHostAccess, type ServerSettings } from './settings.ts'

/** Makes `pgdata` the folder of a primary, or of a replica when the settings name an upstream. */
export function configure(pgdata: string, settings: ServerSettings, replicationRole: string, user: ServerUser): void {
  const write = (name: string, text: string) => writeAtomically(join(pgdata, name), text, 0o600, user)
  write('postgresql.conf', formatConfig(settings))
  write('pg_hba.conf', formatHostAccess(replicationRole))
  if (settings.upstream) write('standby.signal', '')
  else rmSync(join(pgdata, 'standby.signal'), { force: true })
}

/** Forgets what ALTER SYSTEM set, such as a fault of an earlier run. */
export function forgetRuntimeSettings(pgdata: string, user: ServerUser): void {
  writeAtomically(join(pgdata, 'postgresql.auto.conf'), '', 0o600, user)
}
