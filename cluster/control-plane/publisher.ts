// Decides who is sent which document and when: only what changed, several changes within a moment merged into one.
// Sockets are behind `send`; see stream-server.ts.
import type { ControlDocument, ToNode } from '../../services/kit/control/document.ts'
import type { NodeKind } from '../topology/kinds.ts'
import { buildDocument, type World } from './documents.ts'
import type { ToldFault } from './faults/fault-book.ts'
import type { Registry } from './registry.ts'

const MERGE_MS = 20

export type PublisherDeps = {
  registry: Registry
  world: () => World
  /** What is broken on purpose, as the node is to be told over its present stream. */
  faults: (id: string, session: number) => ToldFault[]
  /** Sends to the node's current stream. */
  send: (id: string, message: ToNode) => void
  /** Version of the first document less one; 0 when omitted. */
  lastVersion?: number
}

export class Publisher {
  private readonly deps: PublisherDeps
  private newestVersion = 0
  private readonly lastSent = new Map<string, string>()
  private readonly waiting = new Set<() => void>()
  private timer: NodeJS.Timeout | undefined
  private isSilent = false

  constructor(deps: PublisherDeps) {
    this.deps = deps
    this.newestVersion = deps.lastVersion ?? 0
  }

  get version(): number {
    return this.newestVersion
  }

  /** Says nothing from now on: a control plane that knows too little had better let the nodes' last documents stand. */
  silence(): void {
    this.isSilent = true
  }

  /** Ends the silence: everybody connected is sent what it missed. */
  speak(): void {
    this.isSilent = false
    this.flush()
  }

  /** Has changed documents sent within 20 ms. */
  schedule(): void {
    this.timer ??= setTimeout(() => this.flush(), MERGE_MS)
  }

  /** Sends a node that has just connected its document, whatever it was sent before. */
  greet(id: string): void {
    this.lastSent.delete(id)
    this.sendChanged([id])
  }

  /** Sends every changed document now. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.sendChanged(this.deps.registry.connected().map((member) => member.node.id))
    this.notice()
  }

  /**
   * Resolves to true once every connected node has applied the newest document, and to false after `timeoutMs`.
   * A node that disconnects meanwhile no longer counts.
   */
  allApplied(timeoutMs: number): Promise<boolean> {
    this.flush()
    return new Promise((resolve) => {
      const finish = (applied: boolean): void => {
        clearTimeout(timer)
        this.waiting.delete(check)
        resolve(applied)
      }
      const timer = setTimeout(() => finish(false), timeoutMs)
      const check = (): void => {
        if (this.deps.registry.allApplied()) finish(true)
      }
      this.waiting.add(check)
      check()
    })
  }

  /** To be called when a node has applied a document or is gone. */
  notice(): void {
    for (const check of this.waiting) check()
  }

  close(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private sendChanged(ids: readonly string[]): void {
    if (this.isSilent) return
    const { registry, world, faults, send } = this.deps
    const bodies = new Map<NodeKind, { document: ReturnType<typeof buildDocument>; text: string }>()
    let version: number | undefined
    for (const id of ids) {
      const member = registry.get(id)
      if (member?.session === undefined) continue
      const { kind } = member.node
      let body = bodies.get(kind)
      if (!body) {
        const document = buildDocument(kind, registry, world())
        body = { document, text: JSON.stringify(document) }
        bodies.set(kind, body)
      }
      const broken = faults(id, member.session)
      // Without the time that is left, which is another at each look.
      const text = broken.length === 0 ? body.text : body.text + JSON.stringify(broken)
      if (this.lastSent.get(id) === text) continue
      version ??= ++this.newestVersion
      this.lastSent.set(id, text)
      registry.sent(id, version)
      const document = { version, ...body.document, faults: withTimeLeft(broken, performance.now()) }
      send(id, { type: 'document', document })
    }
  }
}

function withTimeLeft(faults: readonly ToldFault[], nowMs: number): ControlDocument['faults'] {
  return faults.flatMap(({ endsAtMs, beganAtMs, ...fault }) => {
    const remainingMs = endsAtMs - nowMs
    return remainingMs > 0 ? [{ ...fault, remainingMs, sinceMs: nowMs - beganAtMs }] : []
  })
}
