// The nodes of the shop as processes: started, scaled, restarted, stopped in order.
// Whether a node is ready, its control stream tells; what it says in its log is nobody's business here.
import { join } from 'node:path'
import { HttpError } from '../../services/kit/http/errors.ts'
import { nodeFlags } from '../bin/node-flags.js'
import type { ControlPlane } from '../control-plane/control-plane.ts'
import type { ProcessStatus } from '../control-plane/supervision.ts'
import { kindSpec, type NodeKind, stopLayers } from '../topology/kinds.ts'
import { type ClusterSize, type NodeSpec, nodesFor, planScale } from '../topology/nodes.ts'
import { Child, type ChildDeath } from './child.ts'
import { logFileOf } from './data-dir.ts'
import { mallocEnvironment } from './frugality.ts'
import { leaveLedger } from './leave-ledger.ts'
import { furtherLedgerNodes } from './ledger-dir.ts'
import { memoryBytes } from './memory.ts'
import { isPortFree } from './ports.ts'
import { neverReady, StartFailure } from './start-failure.ts'

export type FleetDeps = {
  root: string
  dataDir: string
  size: ClusterSize
  controlPlane: ControlPlane
  port(id: string): Promise<number>
  /** Another one for a node whose port somebody else has taken; undefined for a node that is known by its port. */
  anotherPort(id: string): Promise<number | undefined>
  environment(node: NodeSpec, port: number): Record<string, string>
  /** The set of processes has changed. */
  onProcesses(): void
  onDeath(death: ChildDeath): void
}

type FleetNode = { spec: NodeSpec; port: number; child: Child }

const HOST = '127.0.0.1'
const READY_TIMEOUT_MS = 60_000
/** The same for nodes that are added to a running cluster: somebody waits for the answer. */
const LATE_READY_TIMEOUT_MS = 30_000
/** Deaths in a row before its first readiness after which a node is given up. */
const MAX_EARLY_DEATHS = 5

export class Fleet {
  readonly #deps: FleetDeps
  readonly #nodes = new Map<string, FleetNode>()
  readonly #everReady = new Set<string>()
  #onEarlyDeath: ((failure: StartFailure) => void) | undefined
  #stopping = false
  /** Scaling and restarting take turns. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: FleetDeps) {
    this.#deps = deps
    deps.controlPlane.onChange((id) => {
      if (!deps.controlPlane.registry.get(id)?.ready) return
      this.#everReady.add(id)
      this.#nodes.get(id)?.child.markRunning()
    })
  }

  get children(): Child[] {
    return [...this.#nodes.values()].map(({ child }) => child)
  }

  get size(): number {
    return nodesFor(this.#deps.size).length
  }

  get readyCount(): number {
    return [...this.#nodes.keys()].filter((id) => this.#isReady(id)).length
  }

  /** Starts the nodes that a cluster of this size has and that `which` admits, callees before their callers. */
  async start(which: (node: NodeSpec) => boolean): Promise<void> {
    const { size, dataDir } = this.#deps
    const nodes = [...furtherLedgerNodes(dataDir, size), ...nodesFor(size)]
    for (const node of nodes) if (which(node)) await this.#launch(node)
  }

  /** Resolves when all nodes are ready. Rejects with a `StartFailure` that quotes the log of one that is not. */
  allReady(): Promise<void> {
    return this.#whenReady(() => [...this.#nodes.keys()], READY_TIMEOUT_MS)
  }

  scale(kind: NodeKind, replicas: number): Promise<{ added: string[]; removed: string[] }> {
    const { scalable } = kindSpec(kind)
    if (scalable !== true) throw new HttpError(409, 'not_scalable', `${kind} does not scale: ${scalable.reason}`)
    return this.#inTurn(async () => {
      const current = [...this.#nodes.values()].map(({ spec }) => spec)
      const { add, remove } = planScale(current, kind, replicas, this.#deps.size)
      const added = add.map(({ id }) => id)
      const removed = remove.map(({ id }) => id)
      await this.#add(add)
      const retire = () => Promise.all(removed.map((id) => this.#retire(id)))
      await (kind === 'ledger' ? leaveLedger(this.#deps.controlPlane, removed, retire) : retire())
      if (added.length + removed.length > 0) {
        const changes = [...added.map((id) => `+${id}`), ...removed.map((id) => `−${id}`)].join(' ')
        this.#deps.controlPlane.annotations.add('scaled', kind, `${kind} scaled to ${replicas}: ${changes}`)
      }
      return { added, removed }
    })
  }

  has(id: string): boolean {
    return this.#nodes.has(id)
  }

  restart(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const node = this.#get(id)
      await this.#drain(node)
      this.#deps.controlPlane.registry.register(node.spec, HOST, node.port)
      this.#refuseWhenStopping()
      node.child.start()
      await this.#whenReady(() => [id], LATE_READY_TIMEOUT_MS).catch(refusal)
      this.#deps.controlPlane.annotations.add('node-restarted', id, `${id} restarted`)
    })
  }

  kill(id: string): { pid: number } {
    const pid = this.#get(id).child.kill()
    if (pid === undefined) throw new HttpError(409, 'not_running', `${id} has no process at the moment`)
    this.#deps.controlPlane.annotations.add('node-killed', id, `${id} killed`)
    return { pid }
  }

  /** Stops all nodes, callers before their callees. */
  async stop(): Promise<void> {
    this.#close()
    for (const layer of stopLayers()) {
      const nodes = [...this.#nodes.values()].filter(({ spec }) => layer.includes(spec.kind))
      await Promise.all(nodes.map(({ child }) => child.stop()))
    }
  }

  /** SIGKILLs whatever is left. */
  async kill9(): Promise<void> {
    this.#close()
    await Promise.all(this.children.map((child) => child.stop(0)))
  }

  status(): ProcessStatus[] {
    return [...this.#nodes.values()].map(({ spec, port, child }) => ({
      id: spec.id,
      kind: spec.kind,
      region: spec.region,
      role: 'node',
      pid: child.pid ?? null,
      address: `${HOST}:${port}`,
      state: child.state,
      restarts: child.restarts,
      memoryBytes: child.pid === undefined ? null : memoryBytes(child.pid),
      uptimeS: child.uptimeS ?? null,
    }))
  }

  async #add(nodes: readonly NodeSpec[]): Promise<void> {
    const ids = nodes.map(({ id }) => id)
    try {
      for (const node of nodes) await this.#launch(node)
      await this.#whenReady(() => ids, LATE_READY_TIMEOUT_MS)
    } catch (error) {
      // All or nothing: a replica that does not start must not stay behind, dying over and over.
      await Promise.all(ids.filter((id) => this.has(id)).map((id) => this.#retire(id)))
      refusal(error)
    }
  }

  async #launch(spec: NodeSpec): Promise<void> {
    const { root, dataDir, controlPlane, environment } = this.#deps
    const port = await this.#deps.port(spec.id)
    this.#refuseWhenStopping()
    const node: FleetNode = {
      spec,
      port,
      child: new Child(
        {
          id: spec.id,
          // The name says in a list of processes which node it is.
          args: [...nodeFlags, join(root, 'dist/node.cjs'), spec.id],
          env: () => ({ ...mallocEnvironment, ...environment(spec, node.port) }),
          logFile: logFileOf(dataDir, spec.id),
        },
        { onChange: () => this.#deps.onProcesses(), onDeath: (death) => this.#died(node, death) },
      ),
    }
    this.#nodes.set(spec.id, node)
    controlPlane.registry.register(spec, HOST, port)
    node.child.start()
  }

  async #died(node: FleetNode, death: ChildDeath): Promise<void> {
    const { id, reason, consecutive, tail } = death
    this.#deps.onDeath(death)
    if (this.#everReady.has(id)) return
    if (consecutive >= MAX_EARLY_DEATHS) {
      this.#onEarlyDeath?.(neverReady(id, `it ended with ${reason}, ${consecutive} times`, tail, node.child.log.path))
      return
    }
    if (await isPortFree(node.port)) return
    const port = await this.#deps.anotherPort(id).catch(() => undefined)
    if (port === undefined) return
    node.port = port
    this.#deps.controlPlane.registry.register(node.spec, HOST, port)
  }

  #whenReady(ids: () => string[], timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        unsubscribe()
        this.#onEarlyDeath = undefined
        settle()
      }
      const check = () => {
        if (ids().every((id) => this.#isReady(id))) finish(resolve)
      }
      const timer = setTimeout(() => {
        const id = ids().find((one) => !this.#isReady(one)) ?? ''
        const why = this.#deps.controlPlane.registry.get(id)?.reason ?? 'no sign of life'
        const { tail = [], path = '' } = this.#nodes.get(id)?.child.log ?? {}
        finish(() => reject(neverReady(id, `${why} after ${timeoutMs / 1000} s`, tail, path)))
      }, timeoutMs)
      const unsubscribe = this.#deps.controlPlane.onChange(check)
      this.#onEarlyDeath = (failure) => finish(() => reject(failure))
      check()
    })
  }

  /** Nothing is launched and nobody waits from now on. */
  #close(): void {
    this.#stopping = true
    this.#onEarlyDeath?.(new StartFailure('the cluster is stopping'))
  }

  #refuseWhenStopping(): void {
    if (this.#stopping) throw new HttpError(409, 'stopping', 'the cluster is stopping')
  }

  #isReady(id: string): boolean {
    return this.#deps.controlPlane.registry.get(id)?.ready === true
  }

  async #retire(id: string): Promise<void> {
    await this.#drain(this.#get(id))
    this.#deps.controlPlane.unregister(id)
    this.#nodes.delete(id)
    this.#deps.onProcesses()
  }

  /** Callers forget it, it finishes, it leaves; one that is frozen or lost is ended. */
  async #drain({ spec, child }: FleetNode): Promise<void> {
    child.expectExit('draining')
    await this.#deps.controlPlane.drain(spec.id)
    await child.stop()
  }

  #get(id: string): FleetNode {
    const node = this.#nodes.get(id)
    if (!node)
      throw new HttpError(
        404,
        'unknown_node',
        `there is no node ${id}; there are ${[...this.#nodes.keys()].join(', ')}`,
      )
    return node
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}

/** A node that does not come up is an answer to who asked for it, and no failure of the control plane. */
function refusal(error: unknown): never {
  if (error instanceof StartFailure) throw new HttpError(409, 'not_ready', error.message, { cause: error })
  throw error
}
