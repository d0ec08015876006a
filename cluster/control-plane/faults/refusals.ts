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

/** The same for a cluster that has too few database servers. */
export function refusedWithoutReplica(
  fault: Fault,
  parameters: Record<string, unknown>,
  servers: number,
): string | undefined {
  const becomes = fault.acts.server?.(parameters).kind
  if (servers > 1 || (becomes !== 'fail-over' && becomes !== 'delay-replay')) return undefined
  return `${fault.id} needs a replica of the database, and this cluster has one server alone: start one with \`--size full\``
}
