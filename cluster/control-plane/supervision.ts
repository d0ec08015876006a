// What the control plane asks of whoever runs the processes: the local supervisor, or nobody when nodes run as containers.
import type { HttpError } from '../../services/kit/http/errors.ts'
import type { NodeKind } from '../topology/kinds.ts'
import type { NodeStatus } from './contract.ts'

/** A process as its supervisor sees it. Readiness of a node of the shop is known from its stream, of others from here. */
export type ProcessStatus = Omit<NodeStatus, 'ready' | 'reason' | 'appliedVersion'> & { ready?: boolean }

/** Each rejects with an `HttpError` for what a caller got wrong: an unknown node, a kind that does not scale. */
export type Supervision = {
  processes(): Promise<ProcessStatus[]>
  scale(kind: NodeKind, replicas: number): Promise<{ added: string[]; removed: string[] }>
  restart(id: string): Promise<void>
  kill(id: string): Promise<{ pid: number }>
  /** How many replicas of the database must have a commit before it counts. */
  setSynchronousReplication(mode: 'off' | 'any' | 'all'): Promise<void>
  /** Begins to stop the cluster; resolves before it has. */
  shutdown(): void
  /** Why the cluster cannot be stopped from here; it can when omitted. */
  readonly shutdownRefused?: HttpError
}
