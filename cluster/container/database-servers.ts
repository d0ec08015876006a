// The database servers as the control plane of containers reaches them: over the network alone, as superuser. It starts and stops none.
import pg from 'pg'
import { SUPERUSER } from '../postgres/options.ts'

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 5_000

export type DatabaseServersOptions = {
  /** Name and `host:port` of each, the primary first. */
  servers: readonly (readonly [name: string, address: string])[]
  password: string
}

export type DatabaseServers = {
  readonly primary: { readonly name: string }
  readonly nodes: readonly { readonly name: string; readonly role: 'primary' | 'replica'; readonly state: 'ready' }[]
  /** Of the primary when none is named. Rejects when it does not answer in five seconds; the caller ends the client. */
  connect(database: string, name?: string): Promise<pg.Client>
}

/** Throws when `servers` is empty. */
export function createDatabaseServers({ servers, password }: DatabaseServersOptions): DatabaseServers {
  const [home] = servers[0] ?? []
  if (home === undefined) throw new Error('there is no database server')
  const addresses = new Map(servers)
  return {
    primary: { name: home },
    nodes: servers.map(([name]) => ({ name, role: name === home ? 'primary' : 'replica', state: 'ready' })),
    async connect(database, name = home) {
      const [host = '', port = ''] = (addresses.get(name) ?? '').split(':')
      const client = new pg.Client({
        host,
        port: Number(port),
        user: SUPERUSER,
        password,
        database,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        statement_timeout: STATEMENT_TIMEOUT_MS,
      })
      // Of a connection that breaks the query tells, too.
      client.on('error', () => {})
      await client.connect()
      return client
    },
  }
}
