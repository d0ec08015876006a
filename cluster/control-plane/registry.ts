// Who is in the cluster and in which condition: the state that documents are built from.
// It knows no sockets and no clock; every method says whether what callers may see has changed.
import type { Endpoint } from '../../services/kit/control/document.ts'
import type { NodeSpec } from '../topology/nodes.ts'

export type Member = {
  readonly node: NodeSpec
  readonly host: string
  readonly port: number
  /** Whether it has opened a stream since it was made known: before, nobody can expect anything of it. */
  readonly joined: boolean
  /** Number of the stream that speaks for the node now; undefined while it has none. */
  readonly session: number | undefined
  readonly ready: boolean
  /** The node's own words about why it is not ready. */
  readonly reason: string | undefined
  /** True once it is to leave: it stays connected but is in nobody's document. */
  readonly draining: boolean
  readonly sentVersion: number | undefined
  readonly appliedVersion: number | undefined
}

const offline = {
  session: undefined,
  ready: false,
  reason: undefined,
  sentVersion: undefined,
  appliedVersion: undefined,
}

export class Registry {
  private readonly members = new Map<string, Member>()

  /**
   * Makes a node known before its process starts, anew before each start. Only known nodes may open a stream.
   * @param joined whether it had opened one before, to a control plane that is no more
   */
  register(node: NodeSpec, host: string, port: number, joined = false): void {
    this.members.set(node.id, { ...offline, node, host, port, joined, draining: false })
  }

  /** Forgets a node. */
  unregister(id: string): boolean {
    const visible = this.isVisible(id)
    this.members.delete(id)
    return visible
  }

  get(id: string): Member | undefined {
    return this.members.get(id)
  }

  all(): Member[] {
    return [...this.members.values()]
  }

  connected(): Member[] {
    return this.all().filter((member) => member.session !== undefined)
  }

  /** A stream was opened; it replaces an older one of the same node, and readiness has to be told anew. */
  connect(id: string, session: number): boolean {
    return this.change(id, { ...offline, session, joined: true })
  }

  /** A stream is gone. Ignored when a newer one has taken its place. */
  disconnect(id: string, session: number): boolean {
    return this.speaksFor(id, session) && this.change(id, offline)
  }

  setReady(id: string, session: number, ready: boolean, reason?: string): boolean {
    return this.speaksFor(id, session) && this.change(id, { ready, reason: ready ? undefined : reason })
  }

  sent(id: string, version: number): void {
    this.change(id, { sentVersion: version })
  }

  applied(id: string, session: number, version: number): void {
    if (this.speaksFor(id, session)) this.change(id, { appliedVersion: version })
  }

  setDraining(id: string): boolean {
    return this.change(id, { draining: true })
  }

  /** Replicas of a kind that callers may use, in a stable order. */
  endpointsOf(kind: string): Endpoint[] {
    return this.all()
      .filter((member) => member.node.kind === kind && isUsable(member))
      .map(({ node, host, port }) => ({ instance: node.id, region: node.region, host, port }))
      .sort((a, b) => a.instance.localeCompare(b.instance, 'en', { numeric: true }))
  }

  /** Whether every connected node runs with the newest document that it was sent. */
  allApplied(): boolean {
    return this.connected().every(
      ({ sentVersion, appliedVersion }) => sentVersion === undefined || (appliedVersion ?? -1) >= sentVersion,
    )
  }

  private speaksFor(id: string, session: number): boolean {
    return this.members.get(id)?.session === session
  }

  private isVisible(id: string): boolean {
    const member = this.members.get(id)
    return member !== undefined && isUsable(member)
  }

  private change(id: string, change: Partial<Member>): boolean {
    const member = this.members.get(id)
    if (!member) return false
    const before = isUsable(member)
    const after = { ...member, ...change }
    this.members.set(id, after)
    return before !== isUsable(after)
  }
}

function isUsable(member: Member): boolean {
  return member.session !== undefined && member.ready && !member.draining
}
