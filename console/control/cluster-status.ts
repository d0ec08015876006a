// What the control plane tells of the cluster, and what it can be asked to do to nodes. Shapes as its own contract has them.
import { getJson, sendJson } from '../shell/api.ts'

export type NodeStatus = {
  id: string
  kind: string
  region: string
  role: string
  pid: number | null
  address: string | null
  state: string
  ready: boolean
  reason: string | null
  restarts: number
  memoryBytes: number | null
  appliedVersion: number | null
  uptimeS: number | null
}

export type ClusterStatus = {
  version: string
  size: string
  startedAt: string
  documentVersion: number
  requestsPerSecond: number
  memoryBytes: number
  nodes: readonly NodeStatus[]
}

export function getStatus(signal: AbortSignal): Promise<ClusterStatus> {
  return getJson('/control/v1/status', { signal })
}

/** Drains it and starts it again; resolves when it is ready. */
export function restartNode(id: string): Promise<unknown> {
  return sendJson('POST', `/control/v1/nodes/${encodeURIComponent(id)}/restart`)
}

/** SIGKILL; the supervisor starts it again. */
export function killNode(id: string): Promise<unknown> {
  return sendJson('POST', `/control/v1/nodes/${encodeURIComponent(id)}/kill`)
}

/** @param replicas in each region for a regional kind; the control plane refuses kinds that cannot be scaled, and says why */
export function scaleKind(kind: string, replicas: number): Promise<{ added: string[]; removed: string[] }> {
  return sendJson('PUT', '/control/v1/scale', { kind, replicas })
}

export function setLoad(requestsPerSecond: number): Promise<unknown> {
  return sendJson('PUT', '/control/v1/load', { requestsPerSecond })
}
