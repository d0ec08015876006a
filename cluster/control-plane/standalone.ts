// A control plane without a supervisor, as containers have it: a node is known from its lease on, and forgotten when it leaves in order
// or stays away. After a restart of its own it first listens who is still there, and lets the nodes' last documents stand meanwhile.
import type { Logger } from '../../otel/sdk/logger.ts'
import { createRoutes } from '../../services/kit/http/routes.ts'
import { firstLedgerNodes, nodesFor } from '../topology/nodes.ts'
import { createContainerSupervision } from './container-supervision.ts'
import type { ClusterUrls } from './contract.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { refusedInContainers } from './faults/refusals.ts'
import { leaseApi } from './lease-contract.ts'
import { readMemory, writeMemory } from './lease-file.ts'
import { Leases } from './leases.ts'
import { readPolicies, writePolicies } from './policies/policy-file.ts'
import type { Supervision } from './supervision.ts'
import type { OtherTarget } from './targets.ts'

const SIZE = 'full'
const WARM_UP_MS = 10_000
const FORGET_MS = 5 * 60_000
/** How long a container may take from its lease to its stream, or to come back, before another one may take its place. */
const TAKE_OVER_MS = 15_000
const SWEEP_MS = 250

export type StandaloneOptions = {
  log: Logger
  token: string
  version: string
  /** Where people reach the cluster's parts. */
  urls: ClusterUrls
  /** Requests a second that the load generator offers until somebody asks for another load. */
  load: number
  /** What outlives this process: see lease-file.ts. */
  memoryFile: string
  /** Where the policies that somebody has set outlive it: see policies/policy-file.ts. */
  policyFile: string
  allowedHosts: readonly string[]
  otherTargets: readonly OtherTarget[]
  /** How the database is told which commits count; where it cannot be, policies say so. */
  setSynchronousReplication?: Supervision['setSynchronousReplication'] | undefined
  /** How long it listens at most before it says anything, when it knows nodes of an earlier run; 10 s when omitted. */
  warmUpMs?: number
  /** How long a node that vanished is waited for; five minutes when omitted. */
  forgetMs?: number
  now?: () => number
}

export type Standalone = { controlPlane: ControlPlane; close(): Promise<void> }

/** Listens on `host:port`. Rejects when it cannot, or when it does not know any more who is which node. */
export async function startStandalone(
  options: StandaloneOptions,
  { host, port }: { host: string; port: number },
): Promise<Standalone> {
  const { log, memoryFile, policyFile, now = Date.now, warmUpMs = WARM_UP_MS, forgetMs = FORGET_MS } = options
  const { setSynchronousReplication } = options
  const memory = readMemory(memoryFile)
  const leases = new Leases(SIZE, memory.leases)
  /** Since when a node that has a lease has no stream. */
  const awaySinceMs = new Map<string, number>()
  const leaving = new Set<string>()
  const isAway = (id: string) => now() - (awaySinceMs.get(id) ?? now()) > TAKE_OVER_MS
  let { isLedgerFounded } = memory
  const save = () =>
    writeMemory(memoryFile, {
      leases: leases.all(),
      requestsPerSecond: controlPlane.requestsPerSecond(),
      isLedgerFounded,
    })

  /** A further ledger node that has gone would count for its majority for ever. The first three keep their places. */
  const retireLedgerNodes = () => {
    const gone = leases.all().filter(({ node, present }) => node.kind === 'ledger' && node.ordinal > 1 && !present)
    controlPlane.setLeaving(gone.map(({ node }) => node.id))
  }

  const controlPlane: ControlPlane = await startControlPlane(
    {
      log,
      token: options.token,
      version: options.version,
      size: SIZE,
      startedAt: new Date(now()),
      supervision: createContainerSupervision({ leases, plane: () => controlPlane, now, setSynchronousReplication }),
      urls: () => options.urls,
      otherTargets: () => options.otherTargets,
      allowedHosts: options.allowedHosts,
      onLoad: () => save(),
      refuseFault: refusedInContainers,
      policies: readPolicies(policyFile, log),
      onPolicies: (policies) => {
        try {
          writePolicies(policyFile, policies)
        } catch (error) {
          log.error({ file: policyFile, err: error }, 'the policies are in force, and cannot be written down')
        }
      },
      // A document of this run is newer than all of the run before, however many it sent.
      lastVersion: now(),
      routes: createRoutes(leaseApi, {
        takeLease: ({ body }, { request }) => {
          const address = body.host ?? plainAddress(request.socket.remoteAddress)
          const node = leases.grant({ ...body, host: address }, now(), isAway)
          leaving.delete(node.id)
          awaySinceMs.set(node.id, now())
          controlPlane.registry.register(node, address, body.port)
          retireLedgerNodes()
          save()
          log.info({ node: node.id, holder: body.holder, address }, 'lease granted')
          return isLedgerFounded ? node : { ...node, ledgerFounders: firstLedgerNodes(SIZE) }
        },
      }),
    },
    { host, port },
  )
  controlPlane.setLoad(memory.requestsPerSecond ?? options.load)
  const expected = leases.present().map(({ node }) => node.id)
  for (const { node, host: address, port: nodePort } of leases.present()) {
    controlPlane.registry.register(node, address, nodePort, true)
    awaySinceMs.set(node.id, now())
  }
  retireLedgerNodes()
  if (expected.length > 0) controlPlane.silence()
  const warmUpEndMs = now() + warmUpMs
  let isSilent = expected.length > 0
  let wasComplete = false

  const left = (id: string, how: string) => {
    leases.end(id)
    leaving.delete(id)
    awaySinceMs.delete(id)
    controlPlane.unregister(id)
    retireLedgerNodes()
    save()
    log.info({ node: id }, how)
  }
  const speakWhenComplete = () => {
    if (!isSilent) return
    const missing = expected.filter((id) => leases.get(id)?.present && !controlPlane.registry.get(id)?.ready)
    if (missing.length > 0 && now() < warmUpEndMs) return
    isSilent = false
    if (missing.length > 0) log.warn({ missing }, 'some nodes of the run before have not come back')
    controlPlane.speak()
  }
  /** A ledger node is ready once the founding is on its disk; who charges anything waits for all of them. */
  const noticeFounded = () => {
    if (isLedgerFounded || !firstLedgerNodes(SIZE).every((id) => controlPlane.registry.get(id)?.ready)) return
    isLedgerFounded = true
    save()
    log.info({ members: firstLedgerNodes(SIZE) }, 'the ledger is founded')
  }
  const noticeReady = () => {
    if (wasComplete || !nodesFor(SIZE).every(({ id }) => controlPlane.registry.get(id)?.ready)) return
    wasComplete = true
    controlPlane.annotations.add('cluster', 'cluster', 'the cluster is ready')
  }

  controlPlane.onChange((id) => {
    const member = controlPlane.registry.get(id)
    if (!member) return
    if (member.session !== undefined) {
      if (awaySinceMs.delete(id) && wasComplete) controlPlane.annotations.add('node-restarted', id, `${id} is there`)
      if (member.reason === LEAVING) leaving.add(id)
    } else if (leaving.has(id)) left(id, 'left')
    else if (!awaySinceMs.has(id)) {
      awaySinceMs.set(id, now())
      controlPlane.annotations.add('node-died', id, `${id} is gone`)
      log.warn({ node: id }, 'gone without a farewell')
    }
    speakWhenComplete()
    noticeFounded()
    noticeReady()
  })
  const sweep = setInterval(() => {
    speakWhenComplete()
    for (const [id, sinceMs] of awaySinceMs) if (now() - sinceMs > forgetMs) left(id, 'given up')
  }, SWEEP_MS)
  return {
    controlPlane,
    async close() {
      clearInterval(sweep)
      await controlPlane.close()
    },
  }
}

/** What a node says of itself last, see services/kit/node.ts. */
const LEAVING = 'leaving'

/** An IPv4 address that came in over an IPv6 socket is written as one. */
function plainAddress(address = ''): string {
  return address.replace(/^::ffff:/, '')
}
