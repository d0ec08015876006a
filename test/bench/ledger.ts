// The ledger of a full cluster: how long a charge takes against what the network alone takes, how many a second, how soon a new leader is there,
// and how long a node that lost its disk needs to be a member again with all that it lacks.
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'undici'
import { regionDelays } from '../../cluster/topology/delays.ts'
import { nodeOfId } from '../../cluster/topology/nodes.ts'
import type { LedgerCharge, LedgerStatus } from '../../services/ledger/contract.ts'
import { quorumRoundTripMs } from '../../services/ledger/node/placement.ts'
import { until } from '../until.ts'
import { type BenchCluster, type BenchNode, startBenchCluster } from './bench-cluster.ts'
import { type Figure, median } from './figure.ts'

const SINGLE_CHARGES = 60
const TOGETHER = 256
const TOGETHER_SECONDS = 8
const LEADERS = 3
const PATIENCE_MS = 60_000

export async function benchLedger(root: string): Promise<Figure[]> {
  const cluster = await startBenchCluster(root, { size: 'full', load: 0, telemetry: 'on' })
  try {
    const leader = await untilLeader(cluster)
    const boundMs = roundTripBoundMs(leader)
    const alone = await commitTimesMs(cluster, leader.node)
    const perSecond = await chargesPerSecond(cluster, leader.node)
    const lostDisk = await comeBackWithoutDisk(cluster)
    const newLeaderS = await secondsToNewLeader(cluster)
    return [
      {
        name: 'one charge, committed: median',
        value: median(alone),
        unit: 'ms',
        aim: `the nearest majority is ${boundMs} ms away and back`,
      },
      { name: `charges committed a second, ${TOGETHER} at a time`, value: perSecond, unit: '/s' },
      { name: 'leader killed until a charge is committed: median', value: newLeaderS, unit: 's' },
      { name: `lost disk until a voter with all ${lostDisk.charges} charges`, value: lostDisk.seconds, unit: 's' },
    ]
  } finally {
    await cluster.stop()
  }
}

async function ledgerNodes(cluster: BenchCluster): Promise<BenchNode[]> {
  return (await cluster.nodes()).filter(({ kind }) => kind === 'ledger')
}

async function statusOf({ address }: BenchNode): Promise<LedgerStatus | undefined> {
  const answer = await fetch(`http://${address}/status`).catch(() => undefined)
  return answer?.ok ? ((await answer.json()) as LedgerStatus) : undefined
}

/** In the place where it stays: leaders move to where a majority is nearest. */
function untilLeader(cluster: BenchCluster): Promise<LedgerStatus> {
  return until(
    'a leader at the best place',
    async () => {
      const statuses = await Promise.all((await ledgerNodes(cluster)).map(statusOf))
      return statuses.find((status) => status?.role === 'leader' && status.node === 'ledger-na')
    },
    PATIENCE_MS,
  )
}

function roundTripBoundMs({ node, membership }: LedgerStatus): number {
  const voters = membership.voters.map((id) => ({ id, region: nodeOfId('ledger', id)?.region }))
  return quorumRoundTripMs(nodeOfId('ledger', node)?.region ?? 'na', node, voters, regionDelays())
}

function newCharge(): LedgerCharge {
  return {
    orderId: randomUUID(),
    chargeId: randomUUID(),
    amountCents: 100,
    currency: 'USD',
    authorisedAtUnixMs: Date.now(),
  }
}

async function appendTo(pool: Pool, charge: LedgerCharge): Promise<boolean> {
  const headers = { 'content-type': 'application/json' }
  const answer = await pool
    .request({ method: 'POST', path: '/charges', headers, body: JSON.stringify(charge) })
    .catch(() => undefined)
  await answer?.body.dump()
  return answer?.statusCode === 200
}

async function poolOf(cluster: BenchCluster, node: string, connections: number): Promise<Pool> {
  const found = await until(`${node} to be there`, async () =>
    (await ledgerNodes(cluster)).find(({ id }) => id === node),
  )
  return new Pool(`http://${found.address}`, { connections })
}

async function commitTimesMs(cluster: BenchCluster, leader: string): Promise<number[]> {
  const pool = await poolOf(cluster, leader, 1)
  const times: number[] = []
  while (times.length < SINGLE_CHARGES) {
    const startMs = performance.now()
    if (await appendTo(pool, newCharge())) times.push(performance.now() - startMs)
  }
  await pool.close()
  return times
}

async function chargesPerSecond(cluster: BenchCluster, leader: string): Promise<number> {
  const pool = await poolOf(cluster, leader, TOGETHER)
  const startMs = performance.now()
  let committed = 0
  const worker = async () => {
    while (performance.now() - startMs < TOGETHER_SECONDS * 1_000) if (await appendTo(pool, newCharge())) committed += 1
  }
  await Promise.all(Array.from({ length: TOGETHER }, worker))
  const seconds = (performance.now() - startMs) / 1_000
  await pool.close()
  return committed / seconds
}

async function secondsToNewLeader(cluster: BenchCluster): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < LEADERS; run++) {
    const leader = await untilLeader(cluster)
    const victim = (await ledgerNodes(cluster)).find(({ id }) => id === leader.node)
    const pool = await poolOf(cluster, 'ledger-eu', 1)
    // The same one again and again: its first answer may be lost with the leader.
    const charge = newCharge()
    const startMs = performance.now()
    if (victim) process.kill(victim.pid, 'SIGKILL')
    await until('a charge under a new leader', () => appendTo(pool, charge), PATIENCE_MS)
    times.push((performance.now() - startMs) / 1_000)
    await pool.close()
  }
  return median(times)
}

async function comeBackWithoutDisk(cluster: BenchCluster): Promise<{ seconds: number; charges: number }> {
  const { charges } = await untilLeader(cluster)
  const victim = await until('ledger-asia', async () =>
    (await ledgerNodes(cluster)).find(({ id }) => id === 'ledger-asia'),
  )
  const startMs = performance.now()
  process.kill(victim.pid, 'SIGKILL')
  rmSync(join(cluster.dataDir, 'ledger', victim.id), { recursive: true, force: true })
  await until(
    'it has everything and votes',
    async () => {
      const status = await statusOf(victim)
      return status?.id !== victim.id && status?.membership.voters.includes(status.id) && status.charges >= charges
    },
    PATIENCE_MS,
  )
  return { seconds: (performance.now() - startMs) / 1_000, charges }
}
