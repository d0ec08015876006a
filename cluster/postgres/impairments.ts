/** What can be wrong with running servers on purpose: all of it by PostgreSQL's own means, and each with its way back. */
import pg from 'pg'
import type { PostgresCluster } from './cluster.ts'

type Connects = Pick<PostgresCluster, 'connect'>

/** Has a replica show each commit only `delayMs` after it was made; undefined for as it was started. */
export async function setReplayDelay(cluster: Connects, replica: string, delayMs: number | undefined): Promise<void> {
  await asSuperuser(cluster, replica, async (client) => {
    await client.query(
      delayMs === undefined
        ? 'ALTER SYSTEM RESET recovery_min_apply_delay'
        : `ALTER SYSTEM SET recovery_min_apply_delay = ${Math.round(delayMs)}`,
    )
    await client.query('SELECT pg_reload_conf()')
  })
}

/** The password of the role has expired: who is connected is thrown out of every server in `servers`, and nobody gets in again. */
export async function expirePassword(cluster: Connects, role: string, servers: readonly string[]): Promise<void> {
  await setValidity(cluster, role, '2000-01-01')
  // A server that does not answer has no sessions to end.
  await Promise.allSettled(
    servers.map((server) =>
      asSuperuser(cluster, server, (client) =>
        client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role]),
      ),
    ),
  )
}

export async function renewPasswords(cluster: Connects, roles: readonly string[]): Promise<void> {
  for (const role of roles) await setValidity(cluster, role, 'infinity')
}

async function setValidity(cluster: Connects, role: string, until: string): Promise<void> {
  await asSuperuser(cluster, undefined, async (client) => {
    // After a failover there may be no replica that the commit could wait for.
    await client.query('SET synchronous_commit = local')
    await client.query(`ALTER ROLE ${pg.escapeIdentifier(role)} VALID UNTIL '${until}'`)
  })
}

async function asSuperuser(
  cluster: Connects,
  server: string | undefined,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = await cluster.connect('postgres', server)
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
