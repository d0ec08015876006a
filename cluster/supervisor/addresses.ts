// Chooses where everything that outsiders know will listen, and lets the control plane listen there first.
import type { ClusterUrls } from '../control-plane/contract.ts'
import { type ControlPlane, type ControlPlaneDeps, startControlPlane } from '../control-plane/control-plane.ts'
import { type ClusterSize, nodesFor, postgresNodesFor } from '../topology/nodes.ts'
import type { Ports } from './ports.ts'

const HOST = '127.0.0.1'
const MAX_TRIES = 10

/** Starts the control plane on its standard port, or on another one when somebody is faster. */
export async function listenControlPlane(ports: Ports, deps: ControlPlaneDeps): Promise<ControlPlane> {
  for (let tries = 1; ; tries++) {
    const port = await ports.standard('control')
    await ports.release('control')
    try {
      return await startControlPlane(deps, { host: HOST, port })
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      if (!taken || tries === MAX_TRIES) throw error
      ports.forget('control')
    }
  }
}

/** Chooses all other ports before anything else listens: later, one could fall on another's. */
export async function chooseAddresses(ports: Ports, controlPort: number, size: ClusterSize): Promise<ClusterUrls> {
  const url = (port: number) => `http://${HOST}:${port}`
  const urls = {
    console: url(await ports.standard('console')),
    shop: url(await ports.standard('shop')),
    control: url(controlPort),
    otlp: url(await ports.standard('otlp')),
    jaeger: url(await ports.standard('jaeger')),
    prometheus: url(await ports.standard('prometheus')),
  }
  // The frontdoor's is the shop's.
  for (const { id, kind } of nodesFor(size)) if (kind !== 'frontdoor') await ports.node(id)
  for (const { id } of postgresNodesFor(size)) await ports.postgres(id)
  return urls
}

export function portOf(url: string): number {
  return Number(new URL(url).port)
}
