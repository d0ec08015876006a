/** Makes the servers of a plan: what each does before it starts, and how a replica that does not start is repaired. */
import { join } from 'node:path'
import type { ClaimedDirectory } from './claim.ts'
import { configure, forgetRuntimeSettings } from './configure.ts'
import { type ClusterPlan, type PostgresOptions, REPLICATION_ROLE } from './options.ts'
import { DEFAULT_FIRST_PORT, findFreePort } from './ports.ts'
import { copyReplicas, type ReplicaSetDeps, refreshReplicas } from './replica-set.ts'
import { slotName } from './replication.ts'
import { PostgresServer, type ServerDeps, type ServerRole } from './server.ts'

type NodePlan = ClusterPlan['nodes'][number]

/**
 * One server an entry of the plan, with the port of the last run where that is free.
 * @param replicaSet what replicas are copied with; undefined until the primary is up.
 */
export async function createServers(
  plan: ClusterPlan,
  claimed: ClaimedDirectory,
  options: PostgresOptions,
  replicaSet: () => ReplicaSetDeps | undefined,
): Promise<PostgresServer[]> {
  const taken = new Set<number>()
  const servers: PostgresServer[] = []
  for (const [index, node] of plan.nodes.entries()) {
    const wanted = node.port ?? claimed.marker.ports[node.name] ?? DEFAULT_FIRST_PORT + index
    const port = await findFreePort(wanted, taken)
    taken.add(port)
    const pgdata = join(claimed.path, node.name)
    const shared = {
      name: node.name,
      region: node.region,
      role: () => roleOf(node, claimed, replicaSet()),
      port,
      pgdata,
      logFile: node.logFile ?? join(claimed.path, `${node.name}.log`),
      programs: claimed.programs,
      nextPort: async (last: number) => {
        const next = await findFreePort(last + 1, taken)
        taken.add(next)
        return next
      },
      onExit: options.onExit ?? (() => undefined),
    }
    servers.push(new PostgresServer({ ...shared, ...lifeOf(node, pgdata, claimed, replicaSet) }))
  }
  return servers
}

type Life = Pick<ServerDeps, 'prepare' | 'repair'>

/** As the last run left it until one of them is promoted. */
function roleOf({ name }: NodePlan, { primary }: ClaimedDirectory, set: ReplicaSetDeps | undefined): ServerRole {
  return (set?.primary.name ?? primary) === name ? 'primary' : 'replica'
}

function lifeOf(
  node: NodePlan,
  pgdata: string,
  claimed: ClaimedDirectory,
  replicaSet: () => ReplicaSetDeps | undefined,
): Life {
  const { name, applyDelayMs } = node
  const { programs, secrets } = claimed
  const forget = once(() => forgetRuntimeSettings(pgdata, programs.user))
  return {
    async prepare(port) {
      const set = replicaSet()
      if (roleOf(node, claimed, set) === 'primary') {
        forget()
        configure(pgdata, { name, port }, REPLICATION_ROLE, programs.user)
        return
      }
      if (set === undefined) throw new Error(`${name} cannot start before the primary`)
      await refreshReplicas(set, [{ name, pgdata }])
      forget()
      const upstream = {
        port: set.primary.port,
        role: REPLICATION_ROLE,
        password: secrets.replication,
        slot: slotName(name),
        applyDelayMs,
      }
      configure(pgdata, { name, port, upstream }, REPLICATION_ROLE, programs.user)
    },
    async repair() {
      const set = replicaSet()
      if (set?.primary.state !== 'ready' || set.primary.name === name) return false
      await copyReplicas(set, [{ name, pgdata, reason: 'does not start' }])
      return true
    },
  }
}

/** What ALTER SYSTEM set is forgotten at the first start of a run only: within a run it is somebody's wish. */
function once(work: () => void): () => void {
  let done = false
  return () => {
    if (!done) work()
    done = true
  }
}
