// What can be asked of a cluster whose processes somebody else runs: a node can be told to leave, and its container starts it again.
// Everything else is the container engine's business, and the answer names the command.
import { setTimeout as delay } from 'node:timers/promises'
import { HttpError } from '../../services/kit/http/errors.ts'
import { kindSpec, type NodeKind } from '../topology/kinds.ts'
import { type NodeSpec, placesOf } from '../topology/nodes.ts'
import type { ControlPlane } from './control-plane.ts'
import type { Leases } from './leases.ts'
import type { ProcessStatus, Supervision } from './supervision.ts'

export const CONTROL_ID = 'control'

const BACK_TIMEOUT_MS = 60_000
const POLL_MS = 50

export type ContainerSupervisionDeps = {
  leases: Leases
  /** There when the first request comes. */
  plane: () => ControlPlane
  now: () => number
  /** By whoever may change a setting of the database; refused when omitted. */
  setSynchronousReplication?: Supervision['setSynchronousReplication'] | undefined
}

export function createContainerSupervision(deps: ContainerSupervisionDeps): Supervision {
  const { leases, plane, now } = deps
  const nodes = (): ProcessStatus[] =>
    leases.present().map(({ node, host, port, restarts, startedAtMs }) => ({
      id: node.id,
      kind: node.kind,
      region: node.region,
      role: 'node',
      pid: null,
      address: `${host}:${port}`,
      state: plane().registry.get(node.id)?.session === undefined ? 'restarting' : 'running',
      restarts,
      memoryBytes: null,
      uptimeS: Math.max(0, now() - startedAtMs) / 1000,
    }))
  const control = (): ProcessStatus => ({
    id: CONTROL_ID,
    kind: 'supervisor',
    region: 'global',
    role: 'supervisor',
    pid: process.pid,
    address: `127.0.0.1:${plane().port}`,
    state: 'running',
    ready: true,
    restarts: 0,
    memoryBytes: process.memoryUsage.rss(),
    uptimeS: process.uptime(),
  })

  async function restart(id: string): Promise<void> {
    const before = leases.get(id)
    if (!before?.present) {
      const known = leases.present().map(({ node }) => node.id)
      throw new HttpError(404, 'unknown_node', `there is no node ${id}; there are ${known.sort().join(', ')}`)
    }
    if (!(await plane().drain(id))) throw new HttpError(409, 'not_running', `${id} is not there at the moment`)
    const endMs = performance.now() + BACK_TIMEOUT_MS
    const isBack = () => leases.get(id)?.startedAtMs !== before.startedAtMs && plane().registry.get(id)?.ready === true
    while (!isBack()) {
      if (performance.now() > endMs) {
        throw new HttpError(409, 'not_ready', `${id} has left and is not back: is its container started again?`)
      }
      await delay(POLL_MS)
    }
    plane().annotations.add('node-restarted', id, `${id} restarted`)
  }

  return {
    processes: async () => [control(), ...nodes().sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))],
    async scale(kind, replicas) {
      const { scalable } = kindSpec(kind)
      if (scalable !== true) throw new HttpError(409, 'not_scalable', `${kind} does not scale: ${scalable.reason}`)
      const scales = servicesOf(kind).map((service) => `--scale ${service}=${replicas}`)
      throw elsewhere(`docker compose up --detach --no-recreate ${scales.join(' ')}`)
    },
    restart,
    async kill(id) {
      const node = leases.get(id)?.node
      throw elsewhere(`docker compose kill ${node ? serviceName(node) : 'SERVICE'}`)
    },
    async setSynchronousReplication(mode) {
      if (deps.setSynchronousReplication) return deps.setSynchronousReplication(mode)
      throw new HttpError(409, 'not_supervised', 'this control plane was given no access to the database')
    },
    shutdown: () => {},
    shutdownRefused: elsewhere('docker compose stop'),
  }
}

/** As docker-compose.yml calls them: a kind that stands in several regions has a service in each. */
function servicesOf(kind: NodeKind): string[] {
  return [...new Set(placesOf(kind, 'full').map((region) => serviceName({ kind, region })))]
}

/** The service of docker-compose.yml that a node is a container of. */
export function serviceName({ kind, region }: Pick<NodeSpec, 'kind' | 'region'>): string {
  const { placement } = kindSpec(kind)
  return placement === 'regional' || placement === 'spread' ? `${kind}-${region}` : kind
}

function elsewhere(command: string): HttpError {
  return new HttpError(409, 'not_supervised', `containers run the nodes here: use \`${command}\``)
}
