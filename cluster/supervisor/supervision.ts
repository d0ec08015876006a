// What the control plane may ask of the local supervisor, over all parts of a cluster: nodes, backend, PostgreSQL.
import { HttpError } from '../../services/kit/http/errors.ts'
import type { ProcessStatus, Supervision } from '../control-plane/supervision.ts'
import type { Companion } from './companion.ts'
import type { Databases } from './databases.ts'
import type { Fleet } from './fleet.ts'
import { memoryBytes } from './memory.ts'

export const SUPERVISOR_ID = 'supervisor'

/** The parts that exist so far; a cluster answers while it is starting, too. */
export type Parts = {
  fleet?: Fleet
  backend?: Companion
  console?: Companion
  databases?: Databases
  controlPort?: number
}

export function createSupervision(parts: Readonly<Parts>, requestStop: () => void): Supervision {
  const owner = (id: string): Fleet | Companion | Databases => {
    const all = [parts.fleet, parts.backend, parts.console, parts.databases].filter((part) => part !== undefined)
    const found = all.find((part) => part.has(id))
    if (found) return found
    if (id === SUPERVISOR_ID)
      throw new HttpError(409, 'supervisor', 'the supervisor goes with the whole cluster: `faultline down`')
    const known = all.flatMap((part) => part.status().map((process) => process.id))
    throw new HttpError(404, 'unknown_node', `there is no node ${id}; there are ${known.join(', ')}`)
  }
  return {
    processes: async () => [
      supervisorStatus(parts.controlPort),
      ...(parts.backend?.status() ?? []),
      ...(parts.console?.status() ?? []),
      ...(parts.databases?.status() ?? []),
      ...(parts.fleet?.status() ?? []),
    ],
    scale: async (kind, replicas) => {
      if (!parts.fleet) throw new HttpError(409, 'starting', 'the cluster is still starting')
      return parts.fleet.scale(kind, replicas)
    },
    restart: async (id) => owner(id).restart(id),
    kill: async (id) => owner(id).kill(id),
    setSynchronousReplication: async (mode) => {
      if (!parts.databases) throw new HttpError(409, 'starting', 'the cluster is still starting')
      await parts.databases.setSynchronousReplication(mode)
    },
    shutdown: requestStop,
  }
}

function supervisorStatus(port: number | undefined): ProcessStatus {
  return {
    id: SUPERVISOR_ID,
    kind: 'supervisor',
    region: 'global',
    role: 'supervisor',
    pid: process.pid,
    address: port === undefined ? null : `127.0.0.1:${port}`,
    state: 'running',
    ready: true,
    restarts: 0,
    memoryBytes: memoryBytes(process.pid),
    uptimeS: process.uptime(),
  }
}
