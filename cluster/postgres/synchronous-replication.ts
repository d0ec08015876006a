/** Which replicas a commit waits for, as PostgreSQL's setting says it. */
import { PostgresError } from './errors.ts'

/** `off`: a commit counts at once. `any`: when one replica has it. `all`: when every one has. */
export type SynchronousReplication = 'off' | 'any' | 'all'

/**
 * The value of `synchronous_standby_names`; replicas call themselves by their server's name.
 * https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-SYNCHRONOUS-STANDBY-NAMES
 * @throws PostgresError `bad-options` for a mode that waits where there is no replica: every commit would wait forever.
 */
export function standbyNames(mode: SynchronousReplication, replicas: readonly string[]): string {
  if (mode === 'off') return ''
  if (replicas.length === 0) {
    throw new PostgresError('bad-options', 'This cluster has no replica that a commit could wait for.')
  }
  const names = replicas.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')
  return `ANY ${mode === 'any' ? 1 : replicas.length} (${names})`
}
