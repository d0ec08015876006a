// The ledger of a real cluster while customers shop: every ledger node is killed and frozen in turn, and at last a majority at once.
// No acknowledged charge is lost or doubled, what was promised as pending comes true, and the chains are equal on all nodes at the end.
// Partitions are in ledger-partitions.test.ts.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ledgerApi, Verification } from '../services/ledger/contract.ts'
import { createCustomer } from './customer.ts'
import { auditLedger } from './ledger-audit.ts'
import { LEDGERS, type LedgerNodes, ledgerNodesOf } from './ledger-nodes.ts'
import { startShoppers } from './ledger-shoppers.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { searchTraces, shapeFaults } from './traces.ts'
import { until } from './until.ts'

const CUSTOMERS = 6

let running: RunningCluster
let nodes: LedgerNodes
const frozen = new Set<number>()
beforeAll(async () => {
  running = await startTestCluster({ size: 'full', load: 5 })
  nodes = ledgerNodesOf(running)
}, 120_000)
afterAll(async () => {
  for (const pid of frozen) process.kill(pid, 'SIGCONT')
  await running?.stop()
})

async function freeze(id: string): Promise<() => void> {
  const { pid } = await nodes.processOf(id)
  process.kill(pid, 'SIGSTOP')
  frozen.add(pid)
  return () => {
    process.kill(pid, 'SIGCONT')
    frozen.delete(pid)
  }
}

test('every ledger node killed and frozen in turn, then a majority: nothing lost, nothing doubled', {
  timeout: 240_000,
}, async () => {
  const { supervision, controlPlane, urls } = running.cluster
  const startedAt = new Date()
  const shoppers = startShoppers(urls.shop, CUSTOMERS)
  const { told, more } = shoppers

  await more('before anything happens', 3)
  for (const id of LEDGERS) {
    await supervision.kill(id)
    await more(`while ${id} is killed`, 3)
    await nodes.untilCalm()
    const thaw = await freeze(id)
    await more(`while ${id} is frozen`, 3)
    thaw()
    await nodes.untilCalm()
  }

  // Without a majority: an honest answer at once, and nothing is confirmed.
  const thaws = [await freeze('ledger-eu'), await freeze('ledger-asia')]
  const patient = createCustomer(urls.shop)
  await patient.signUp()
  await patient.putIntoBasket('p-0003')
  const promised = await until('a pending payment', async () => {
    const answer = await patient.tryCheckOut({ key: 'promised-order' })
    return answer.body.status === 'payment_pending' && answer
  })
  expect(promised.status).toBe(202)
  expect((await patient.order(promised.body.id)).body.status).toBe('payment_pending')
  await until('customers were told so', () => told.pending.size > 0, 30_000)
  for (const thaw of thaws) thaw()
  // Without his doing.
  await until(
    'the promise comes true',
    async () => ['confirmed', 'shipped'].includes((await patient.order(promised.body.id)).body.status),
    60_000,
  )
  told.accepted.add(promised.body.id)
  await shoppers.stop()
  controlPlane.setLoad(0)

  await auditLedger(running, nodes, told, startedAt)
})

test('one trace shows the append, the replication to each follower, and the moment of quorum', {
  timeout: 90_000,
}, async () => {
  const { urls } = running.cluster
  await nodes.untilCalm()
  const customer = createCustomer(urls.shop)
  await customer.signUp()
  await customer.putIntoBasket('p-0004')
  await customer.checkOut()
  const trace = await until(
    'a trace of a block and its replication',
    async () => {
      const traces = await searchTraces(urls.jaeger, { service: 'ledger', operation: 'commit block', limit: '20' })
      return traces.find(({ spans }) => {
        const appends = spans.filter(({ name, kind }) => name === 'POST /raft/append' && kind === 'server')
        return new Set(appends.map(({ node }) => node)).size === 2 && shapeFaults({ id: '', spans }).length === 0
      })
    },
    30_000,
  )
  const block = trace.spans.find(({ name }) => name === 'commit block')
  const calls = trace.spans.filter(({ name, kind, parentId }) => {
    return name === 'POST /raft/append' && kind === 'client' && parentId === block?.id
  })
  expect(new Set(calls.map(({ tags }) => tags['faultline.callee.instance'])).size).toBe(2)
  expect(block?.events).toContainEqual(expect.objectContaining({ event: 'quorum reached' }))
  // A majority is two of three: the slower of the calls may end after that moment, the faster one may not.
  const endUs = ({ startUs, durationUs }: { startUs: number; durationUs: number }) => startUs + durationUs
  const [fastest] = calls.map(endUs).sort((a, b) => a - b)
  expect(fastest).toBeLessThanOrEqual(endUs(block!) + 5_000)
})

test('grows to five and back to three while customers shop', { timeout: 120_000 }, async () => {
  const { supervision, urls } = running.cluster
  const voters = async () => (await nodes.untilCalm()).membership.voters.map((id) => id.split('~')[0]).sort()
  const customer = createCustomer(urls.shop)
  await customer.signUp()
  const buy = async () => {
    await customer.putIntoBasket('p-0005')
    expect((await customer.checkOut()).status).toBe(201)
  }
  const { added } = await supervision.scale('ledger', 5)
  expect(added).toEqual(['ledger-na-2', 'ledger-eu-2'])
  await until('five voters', async () => (await voters()).length === 5, 30_000)
  await buy()
  expect((await supervision.scale('ledger', 3)).removed.sort()).toEqual(['ledger-eu-2', 'ledger-na-2'])
  expect(await voters()).toEqual([...LEDGERS].sort())
  await buy()
})

test('a log that is damaged in its middle is refused with what to do, and who does it is a member again', {
  timeout: 120_000,
}, async () => {
  const { supervision } = running.cluster
  const id = 'ledger-asia'
  const folder = join(running.dataDir, 'ledger', id)
  const before = await nodes.untilCalm()
  await supervision.kill(id)
  // It is started again a tenth of a second later.
  const segment = join(folder, 'log', readdirSync(join(folder, 'log'))[0] ?? '')
  const bytes = readFileSync(segment)
  bytes[20] = (bytes[20] ?? 0) ^ 0x20
  writeFileSync(segment, bytes)
  const logFile = join(running.dataDir, 'logs', `${id}.log`)
  const refusal = `is damaged at byte 0: a frame has another checksum`
  await until('its refusal', () => readFileSync(logFile, 'utf8').includes(refusal), 20_000)
  expect(readFileSync(logFile, 'utf8')).toContain(`delete the folder ${folder}`)
  rmSync(folder, { recursive: true })
  const after = await until(
    'it is a voter under a new name and has everything',
    async () => {
      const status = await nodes.statusOf(id).catch(() => undefined)
      return (
        status?.id !== id && status?.membership.voters.includes(status.id) && status.charges >= before.charges && status
      )
    },
    60_000,
  )
  expect(after.membership.voters).not.toContain(id)
  expect(Verification.parse(await nodes.ask(id, 'POST', ledgerApi.verify.path)).fault).toBeNull()
})
