// Connection strings of the databases, as the nodes and the set-up use them.
import type { DatabaseRole } from '../topology/kinds.ts'

/** @param server `host:port` */
export function databaseUrl(server: string, role: DatabaseRole, database: string, password: string): string {
  return `postgres://${role}:${encodeURIComponent(password)}@${server}/${database}`
}
