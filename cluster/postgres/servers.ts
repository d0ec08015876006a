/** Makes the servers of a plan: what each does before it starts, and how a replica that does not start is repaired. */
import { join } from 'node:path'
import type { ClaimedDirectory } from './claim.ts'
import { configure, forgetRuntimeSettings } from './configure.ts'
import { type ClusterPlan, type PostgresOptions, REPLICATION_ROLE } from './options.ts'
import { DEFAULT_FIRST_PORT, findFreePort } from './ports.ts'
import { copyReplicas, type ReplicaSetDeps, refreshReplicas } from './replica-set.ts'
import { slotName } from './replication.ts'
import { PostgresServer, type ServerDeps } from './server.ts'

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
      role: node.role,
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
    const life =
      node.role === 'primary' ? primaryLife(node, pgdata, claimed) : replicaLife(node, pgdata, claimed, replicaSet)
    servers.push(new PostgresServer({ ...shared, ...life }))
  }
  return servers
}

type Life = Pick<ServerDeps, 'prepare' | 'repair'>

function primaryLife({ name }: NodePlan, pgdata: string, { programs }: ClaimedDirectory): Life {
  const forget = once(() => forgetRuntimeSettings(pgdata, programs.user))
  return {
    async prepare(port) {
      forget()
      configure(pgdata, { name, port }, REPLICATION_ROLE, programs.user)
    },
    repair: async () => false,
  }
}

function replicaLife(
  { name, applyDelayMs }: NodePlan,
  pgdata: string,
  { programs, secrets }: ClaimedDirectory,
  replicaSet: () => ReplicaSetDeps | undefined,
): Life {
  const forget = once(() => forgetRuntimeSettings(pgdata, programs.user))
  return {
    async prepare(port) {
      const set = replicaSet()
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
      if (set?.primary.state !== 'ready') return false
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
