// A fleet whose nodes get their ports from the cluster's and their environment from its surroundings.
import { type NodeSurroundings, nodeEnvironment } from '../topology/environment.ts'
import { Fleet, type FleetDeps } from './fleet.ts'
import type { Ports } from './ports.ts'

export type CreateFleetDeps = Omit<FleetDeps, 'port' | 'anotherPort' | 'environment'> & {
  ports: Ports
  surroundings: Omit<NodeSurroundings, 'port'>
}

export function createFleet({ ports, surroundings, ...deps }: CreateFleetDeps): Fleet {
  const isFrontdoor = (id: string) => id.startsWith('frontdoor-')
  /** Of a node that is about to listen. */
  const port = async (id: string): Promise<number> => {
    const chosen = isFrontdoor(id) ? await ports.standard('shop') : await ports.node(id)
    await ports.release(isFrontdoor(id) ? 'shop' : id)
    return chosen
  }
  return new Fleet({
    ...deps,
    port,
    async anotherPort(id) {
      // Customers know the frontdoor by its port.
      if (isFrontdoor(id)) return undefined
      ports.forget(id)
      return port(id)
    },
    environment: (node, chosen) => nodeEnvironment(node, { ...surroundings, port: chosen }),
  })
}
