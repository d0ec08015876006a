// Which faults cannot be had where nodes and database servers are containers, and what comes near them there.
import type { Fault } from '../../../faults/fault.ts'
import type { ServerVerdict } from '../../../faults/points.ts'

const instead: Record<Exclude<ServerVerdict['kind'], 'none'>, string> = {
  'fail-over':
    '`docker compose kill postgres-na` takes the primary away, and `docker compose up --detach` brings it back',
  'delay-replay': 'APPLY_DELAY_MS of a replica in docker-compose.yml sets how far it is behind',
  'expire-password': 'with credential=session, and gateway as its target, it works here too',
}

/**
 * Why the fault cannot be injected, in words; undefined when it can. Everything that nodes do themselves works in containers as well; what
 * becomes of a database server is carried out by whoever runs it, and that is the container engine.
 */
export function refusedInContainers(fault: Fault, parameters: Record<string, unknown>): string | undefined {
  const verdict = fault.acts.server?.(parameters)
  if (verdict === undefined || verdict.kind === 'none') return undefined
  return `${fault.id} needs the supervisor of a local run (npm start), which runs the database servers; here they are containers: ${instead[verdict.kind]}`
}
