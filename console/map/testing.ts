// Statuses and samples for the tests of the map.
import type { NodeStatus } from '../control/cluster-status.ts'
import type { InstantSample } from '../prometheus/answers.ts'

export function status(id: string, kind: string, region = 'na', more: Partial<NodeStatus> = {}): NodeStatus {
  return {
    id,
    kind,
    region,
    role: 'node',
    pid: 1,
    address: null,
    state: 'running',
    ready: true,
    reason: null,
    restarts: 0,
    memoryBytes: null,
    appliedVersion: 1,
    uptimeS: 1,
    ...more,
  }
}

export function sample(labels: Record<string, string>, value: number): InstantSample {
  return { labels, timeMs: 0, value }
}

export const cluster = [
  status('load-1', 'load', 'global'),
  status('frontdoor-1', 'frontdoor', 'global'),
  status('edge-na', 'edge'),
  status('edge-eu', 'edge', 'eu'),
  status('orders-1', 'orders'),
  status('orders-2', 'orders'),
  status('fulfilment-1', 'fulfilment'),
  status('postgres-na', 'postgres', 'na', { role: 'primary' }),
  status('postgres-eu', 'postgres', 'eu', { role: 'replica' }),
  status('supervisor', 'supervisor', 'global', { role: 'supervisor' }),
]
