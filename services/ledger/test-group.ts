// For tests: ledger nodes over real sockets and real disks in one process, with a wire from each to each that can be cut.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { vi } from 'vitest'
import { noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { type BalancedCaller, createBalancedCaller } from '../kit/calls/balanced-caller.ts'
import { callerOf } from '../kit/calls/caller.ts'
import { createFakeControl, type FakeControl } from '../kit/calls/fake-cluster.ts'
import type { CallPolicy } from '../kit/calls/policy.ts'
import type { NodeRegion } from '../kit/control/document.ts'
import { type Listening, listen } from '../kit/http/server.ts'
import { createApp } from './app.ts'
import { createLedgerClient, type LedgerClient } from './client.ts'
import { type Ledger, openLedger } from './node/ledger.ts'
import type { Disk } from './storage/disk.ts'
import { layWire, type Wire } from './test-wire.ts'

/** As cluster/topology/policies.ts has it between ledger nodes. */
const policy: Partial<CallPolicy> = { maxAttempts: 1, outlierEjection: false, breaker: false }

export type GroupNode = {
  name: string
  folder: string
  ledger: Ledger
  client: LedgerClient
  /** What made the node give up, and whether it has left. */
  failure(): unknown
  hasLeft(): boolean
  control: FakeControl
}

type Running = GroupNode & { listening: Listening; caller: BalancedCaller }

export type GroupOptions = {
  compactAfter?: number
  compactAtBytes?: number
  maxCharges?: number
  disk?: (node: string) => Disk | undefined
  delays?: Record<string, Record<string, number>>
  regions?: Record<string, NodeRegion>
}

export type Group = Awaited<ReturnType<typeof createGroup>>

/** Nothing runs yet; `start` starts a node, `close` ends everything. */
export async function createGroup(founders: readonly string[], options: GroupOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-group-'))
  const running = new Map<string, Running>()
  const ports = new Map<string, number>()
  const wires = new Map<string, Wire>()
  const clients = createFakeControl({ policies: { ledger: { ...policy, timeoutMs: 30_000 } } })
  const clientCaller = createBalancedCaller({ callee: 'ledger', from: 'global', control: clients, log: { warn() {} } })
  let settings: Record<string, unknown> = {}

  const wireBetween = async (from: string, to: string): Promise<Wire> => {
    const key = `${from} ${to}`
    const wire = wires.get(key) ?? (await layWire(() => ports.get(to) ?? 1))
    wires.set(key, wire)
    return wire
  }

  async function publish(): Promise<void> {
    const names = [...running.keys()]
    const endpoint = (instance: string, port: number) => {
      return { instance, region: options.regions?.[instance] ?? ('na' as const), host: '127.0.0.1', port }
    }
    for (const [name, node] of running) {
      const others = await Promise.all(
        names.map(async (other) =>
          endpoint(other, other === name ? (ports.get(other) ?? 0) : (await wireBetween(name, other)).port),
        ),
      )
      node.control.set({ endpoints: { ledger: others }, settings })
    }
    clients.set({ endpoints: { ledger: names.map((name) => endpoint(name, ports.get(name) ?? 0)) } })
  }

  async function start(name: string, { isFounder = founders.includes(name) } = {}): Promise<GroupNode> {
    const log = pino({ level: 'silent' })
    const control = createFakeControl({ policies: { ledger: policy }, delays: options.delays ?? {}, settings })
    const region = options.regions?.[name] ?? 'na'
    const caller = createBalancedCaller({ callee: 'ledger', from: region, control, log })
    let failure: unknown
    let hasLeft = false
    const nodeFolder = join(folder, name)
    const disk = options.disk?.(name)
    const ledger = await openLedger({
      node: name,
      folder: nodeFolder,
      founders: isFounder ? founders : undefined,
      caller,
      control,
      log,
      metrics: noMetrics,
      onFailure: (error) => {
        failure = error
      },
      onLeft: () => {
        hasLeft = true
      },
      ...(options.compactAfter === undefined ? {} : { compactAfter: options.compactAfter }),
      ...(options.compactAtBytes === undefined ? {} : { compactAtBytes: options.compactAtBytes }),
      ...(options.maxCharges === undefined ? {} : { maxCharges: options.maxCharges }),
      ...(disk ? { disk } : {}),
    }).catch(async (error: unknown) => {
      await caller.close()
      throw error
    })
    const listening = await listen(createApp({ ledger, caller, log }), { host: '127.0.0.1', port: 0 })
    ports.set(name, listening.port)
    const client = createLedgerClient(callerOf(clientCaller, name))
    const node = { name, folder: nodeFolder, ledger, client, control, listening, caller }
    running.set(name, { ...node, failure: () => failure, hasLeft: () => hasLeft })
    await publish()
    return get(name)
  }

  function get(name: string): Running {
    const node = running.get(name)
    if (!node) throw new Error(`${name} does not run`)
    return node
  }

  /** Ends a node at once: its connections break and it says nothing more. */
  async function stop(name: string): Promise<void> {
    const { ledger, listening, caller } = get(name)
    running.delete(name)
    listening.server.closeAllConnections()
    await Promise.all([listening.close(0), ledger.close()])
    await Promise.race([caller.close(), new Promise((resolve) => setTimeout(resolve, 100))])
    await publish()
  }

  return {
    start,
    stop,
    get: (name: string): GroupNode => get(name),
    portOf: (name: string): number => ports.get(name) ?? 0,
    nodes: (): GroupNode[] => [...running.values()],
    /** Any node, as the callers of the ledger have it. */
    client: createLedgerClient(clientCaller),
    /** Resolves when all nodes agree on one leader. */
    leader: (): Promise<GroupNode> =>
      vi.waitFor(
        () => {
          const nodes = [...running.values()]
          const [leader, second] = nodes.filter(({ ledger }) => ledger.isLeader())
          const isAgreed = leader && !second && nodes.every(({ ledger }) => ledger.leader() === leader.name)
          if (!isAgreed) throw new Error('there is no leader that all agree on')
          return leader
        },
        { timeout: 20_000, interval: 10 },
      ),
    /** Cuts every wire between the named nodes and all others, both ways. */
    async cutOff(...names: string[]): Promise<void> {
      for (const name of names) {
        for (const other of ports.keys()) {
          if (names.includes(other)) continue
          for (const wire of [await wireBetween(name, other), await wireBetween(other, name)]) wire.cut()
        }
      }
    },
    mend(): void {
      for (const wire of wires.values()) wire.mend()
    },
    /** Run-time settings of all ledger nodes. */
    async set(next: Record<string, unknown>): Promise<void> {
      settings = next
      await publish()
    },
    async close(): Promise<void> {
      for (const wire of wires.values()) wire.cut()
      for (const name of [...running.keys()]) await stop(name)
      for (const wire of wires.values()) await wire.close()
      await clientCaller.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
