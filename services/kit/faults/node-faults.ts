// All injection points of a node that are not its links, in one object that follows the control document.
import type { Impairments } from '../../../otel/sdk/impairment.ts'
import type { Metrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { ControlDocument } from '../control/document.ts'
import { CacheFaults } from './cache-faults.ts'
import { CallFaults } from './call-faults.ts'
import { ClockFaults } from './clock-faults.ts'
import { DeliveryFaults } from './delivery-faults.ts'
import { InboundFaults } from './inbound-faults.ts'
import { PoolFaults } from './pool-faults.ts'
import { ProcessFaults, type Surroundings } from './process-faults.ts'
import { RouteFaults } from './route-faults.ts'
import { SessionFaults } from './session-faults.ts'
import { StatementFaults } from './statement-faults.ts'
import { TelemetryFaults } from './telemetry-faults.ts'
import { VersionFaults } from './version-faults.ts'

export type NodeFaults = {
  readonly inbound: InboundFaults
  readonly statements: StatementFaults
  readonly pools: PoolFaults
  readonly calls: CallFaults
  readonly deliveries: DeliveryFaults
  readonly caches: CacheFaults
  readonly routes: RouteFaults
  readonly sessions: SessionFaults
  close(): void
}

/** @param control told of each document, without the faults that have ended, and when one ends */
export function createNodeFaults(
  control: { onChange(listener: (document: ControlDocument) => void): () => void },
  surroundings: Surroundings & { metrics: Pick<Metrics, 'forget'>; impairments: Impairments },
): NodeFaults {
  const inbound = new InboundFaults(surroundings.node)
  const statements = new StatementFaults(surroundings.node)
  const pools = new PoolFaults(surroundings.node)
  const clock = new ClockFaults()
  const version = new VersionFaults()
  const calls = new CallFaults(surroundings.node)
  const deliveries = new DeliveryFaults(surroundings.node)
  const caches = new CacheFaults()
  const routes = new RouteFaults(surroundings.node, surroundings.metrics)
  const sessions = new SessionFaults()
  const telemetry = new TelemetryFaults(surroundings.node, surroundings.impairments)
  const ofProcess = new ProcessFaults(surroundings)
  const unsubscribe = control.onChange((document) => {
    const faults = document.faults.filter(({ bystander }) => !bystander)
    inbound.apply(faults)
    statements.apply(faults)
    pools.apply(faults)
    clock.apply(faults)
    version.apply(faults)
    for (const point of [calls, deliveries, caches, routes, sessions, telemetry]) point.apply(faults)
    ofProcess.apply(faults)
  })
  return {
    inbound,
    statements,
    pools,
    calls,
    deliveries,
    caches,
    routes,
    sessions,
    close() {
      unsubscribe()
      caches.close()
      routes.close()
      telemetry.close()
      pools.close()
      version.close()
      clock.close()
      ofProcess.close()
    },
  }
}
