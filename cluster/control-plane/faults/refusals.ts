// Which faults cannot be had where they are asked for, and what comes near them there.
import type { Fault } from '../../../faults/fault.ts'

/**
 * Why the fault cannot be injected where nodes and database servers are containers, in words; undefined when it can. What nodes do
 * themselves and what a database server can be told work in containers as well; servers are started and stopped by whoever runs them, and
 * that is the container engine.
 */
export function refusedInContainers(fault: Fault, parameters: Record<string, unknown>): string | undefined {
  if (fault.acts.server?.(parameters).kind !== 'fail-over') return undefined
  return (
    `${fault.id} needs the supervisor of a local run (npm start), which runs the database servers; here they are containers: ` +
    '`docker compose kill postgres-na` takes the primary away, and `docker compose up --detach` brings it back'
  )
}

/** A database server as it is while all is well. */
export type DatabaseServer = { id: string; role: 'primary' | 'replica' }

/** The same for these targets among these database servers: some faults are of the primary alone, some of replicas. */
export function refusedByServers(
  fault: Fault,
  parameters: Record<string, unknown>,
  targets: readonly string[],
  servers: readonly DatabaseServer[],
): string | undefined {
  const becomes = fault.acts.server?.(parameters).kind
  if (becomes !== 'fail-over' && becomes !== 'delay-replay') return undefined
  if (!servers.some(({ role }) => role === 'replica')) {
    return `${fault.id} needs a replica of the database, and this cluster has one server alone: start one with \`--size full\``
  }
  const role = becomes === 'fail-over' ? 'primary' : 'replica'
  const fit = servers.filter((server) => server.role === role).map(({ id }) => id)
  if (targets.some((target) => fit.includes(target))) return undefined
  return `${fault.id} is a fault of ${role === 'primary' ? 'the primary' : 'a replica'}, and that is ${fit.join(' or ')}`
}

/** Ids of those among the servers that the fault, at its default parameters, acts on. */
export function serversFor(fault: Fault, servers: readonly DatabaseServer[]): string[] {
  const standard = fault.parameters.parse({})
  return servers.flatMap(({ id }) => (refusedByServers(fault, standard, [id], servers) === undefined ? [id] : []))
}
