// Which faults cannot be had where nodes and database servers are containers, and what comes near them there.
import type { Fault } from '../../../faults/fault.ts'

/**
 * Why the fault cannot be injected, in words; undefined when it can. What nodes do themselves and what a database server can be told work in
 * containers as well; servers are started and stopped by whoever runs them, and that is the container engine.
 */
export function refusedInContainers(fault: Fault, parameters: Record<string, unknown>): string | undefined {
  if (fault.acts.server?.(parameters).kind !== 'fail-over') return undefined
  return (
    `${fault.id} needs the supervisor of a local run (npm start), which runs the database servers; here they are containers: ` +
    '`docker compose kill postgres-na` takes the primary away, and `docker compose up --detach` brings it back'
  )
}
