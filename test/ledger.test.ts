// The ledger of a real cluster while customers shop: every ledger node is killed and frozen in turn, and at last a majority at once.
// No acknowledged charge is lost or doubled, what was promised as pending comes true, and the chains are equal on all nodes at the end.
// Partitions between ledger nodes are in services/ledger/ledger.test.ts, over wires that can be cut.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LedgerStatus, ledgerApi, Verification } from '../services/ledger/contract.ts'
import { createCustomer, decliningCard, goodCard } from './customer.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'
import { searchTraces, shapeFaults } from './traces.ts'
import { until } from './until.ts'

const CUSTOMERS = 6
const REGIONS = ['na', 'eu', 'asia'] as const
const LEDGERS = ['ledger-na', 'ledger-eu', 'ledger-asia'] as const
const RETRY_MS = 200

let running: RunningCluster
const frozen = new Set<number>()
beforeAll(async () => {
  running = await startTestCluster({ size: 'full', load: 5 })
}, 120_000)
afterAll(async () => {
  for (const pid of frozen) process.kill(pid, 'SIGCONT')
  await running?.stop()
})

type Told = { accepted: Set<string>; refused: Set<string>; pending: Set<string> }

async function processOf(id: string): Promise<{ pid: number; address: string }> {
  return until(`a process of ${id}`, async () => {
    const found = (await running.cluster.supervision.processes()).find((process) => process.id === id)
    return found?.pid && found.address ? { pid: found.pid, address: found.address } : undefined
  })
}

async function freeze(id: string): Promise<() => void> {
  const { pid } = await processOf(id)
  process.kill(pid, 'SIGSTOP')
  frozen.add(pid)
  return () => {
    process.kill(pid, 'SIGCONT')
    frozen.delete(pid)
  }
}

async function ask<T>(id: string, method: 'GET' | 'POST', path: string): Promise<T> {
  const { address } = await processOf(id)
  const { body } = await request(`http://${address}${path}`, { method })
  return (await body.json()) as T
}

const statusOf = (id: string) => ask<LedgerStatus>(id, 'GET', ledgerApi.status.path)

/** All nodes agree on a leader, and have it applied all. */
const untilCalm = () =>
  until(
    'a calm ledger',
    async () => {
      const all = await Promise.all(LEDGERS.map((id) => statusOf(id).catch(() => undefined)))
      const [first] = all
      return all.every((one) => one?.leader && one.leader === first?.leader && one.tip.hash === first.tip.hash) && first
    },
    60_000,
  )

/** Orders again and again; a checkout whose outcome is not known yet is repeated with its key, as a browser would. */
async function shopOn(index: number, told: Told, isOver: () => boolean): Promise<void> {
  const customer = createCustomer(running.cluster.urls.shop, REGIONS[index % REGIONS.length])
  const persist = async <T extends { status: number }>(send: () => Promise<T>, statuses: number[]): Promise<T> => {
    for (;;) {
      const answer = await send().catch(() => undefined)
      if (answer && statuses.includes(answer.status)) return answer
      await delay(RETRY_MS)
    }
  }
  await persist(() => customer.signUp(), [201])
  for (let round = 0; !isOver(); round++) {
    const productId = `p-${String(1 + ((index * 31 + round * 7) % 200)).padStart(4, '0')}`
    await persist(() => customer.putIntoBasket(productId), [200])
    const options = { key: `ledger-${index}-round-${round}`, card: round % 5 === 4 ? decliningCard : goodCard }
    const first = await persist(() => customer.tryCheckOut(options), [201, 202, 402, 409])
    if (first.status === 202) told.pending.add(first.body.id)
    const answer = first.status === 202 ? await persist(() => customer.tryCheckOut(options), [201, 402, 409]) : first
    if (answer.status === 201) told.accepted.add(answer.body.id)
    else if (answer.body.orderId) told.refused.add(answer.body.orderId)
  }
}

test('every ledger node killed and frozen in turn, then a majority: nothing lost, nothing doubled', {
  timeout: 240_000,
}, async () => {
  const { supervision, databases, controlPlane, urls } = running.cluster
  const told: Told = { accepted: new Set(), refused: new Set(), pending: new Set() }
  const startedAt = new Date()
  let over = false
  const customers = Array.from({ length: CUSTOMERS }, (_, index) => shopOn(index, told, () => over))
  const more = async (what: string, count: number) => {
    const before = told.accepted.size
    await until(`${count} more orders ${what}`, () => told.accepted.size >= before + count, 60_000)
  }

  await more('before anything happens', 3)
  for (const id of LEDGERS) {
    await supervision.kill(id)
    await more(`while ${id} is killed`, 3)
    await untilCalm()
    const thaw = await freeze(id)
    await more(`while ${id} is frozen`, 3)
    thaw()
    await untilCalm()
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
  over = true
  await Promise.all(customers)
  controlPlane.setLoad(0)

  const orders = new pg.Client(databases.url('orders', 'orders'))
  const payments = new pg.Client(databases.url('payments', 'payments'))
  await Promise.all([orders.connect(), payments.connect()])
  try {
    await until(
      'every order is shipped or refused',
      async () => {
        const { rows } = await orders.query<{ open: number }>(
          "SELECT count(*)::int AS open FROM orders WHERE created_at >= $1 AND status NOT IN ('shipped', 'refused')",
          [startedAt],
        )
        return rows[0]?.open === 0
      },
      60_000,
    )
    const shipped = await orders.query<{ id: string }>(
      "SELECT id FROM orders WHERE created_at >= $1 AND status = 'shipped' ORDER BY id",
      [startedAt],
    )
    const charged = await payments.query<{
      order_id: string
      charge_id: string
      ledger_height: number
      ledger_block_hash: string
    }>(
      "SELECT order_id, charge_id, ledger_height, ledger_block_hash FROM charges WHERE status = 'charged' AND ledger_height IS NOT NULL",
    )
    const { tip } = await untilCalm()
    const inLedger = new Map<string, { chargeId: string; height: number; hash: string }>()
    for (let from = 1; from <= tip.height; from += 32) {
      const page = await ask<{
        blocks: { header: { height: number }; hash: string; charges: { orderId: string; chargeId: string }[] }[]
      }>('ledger-eu', 'GET', `/blocks?from=${from}&limit=32`)
      for (const { header, hash, charges } of page.blocks) {
        for (const { orderId, chargeId } of charges) {
          expect(inLedger.has(orderId), `${orderId} is in the ledger twice`).toBe(false)
          inLedger.set(orderId, { chargeId, height: header.height, hash })
        }
      }
    }
    // What the ledger holds, what `payments` believes and what customers were told is the same.
    expect([...inLedger.keys()].sort()).toEqual(charged.rows.map((row) => row.order_id).sort())
    for (const row of charged.rows) {
      expect(inLedger.get(row.order_id)).toEqual({
        chargeId: row.charge_id,
        height: row.ledger_height,
        hash: row.ledger_block_hash,
      })
    }
    expect(shipped.rows.map(({ id }) => id).filter((id) => !inLedger.has(id))).toEqual([])
    expect([...told.accepted].filter((id) => !inLedger.has(id))).toEqual([])
    expect([...told.refused].filter((id) => inLedger.has(id))).toEqual([])
    for (const id of LEDGERS) {
      const verification = Verification.parse(await ask(id, 'POST', '/verify'))
      expect(verification).toEqual({ node: id, blocks: tip.height, charges: inLedger.size, fault: null })
    }
  } finally {
    await Promise.all([orders.end(), payments.end()])
  }
})

test('one trace shows the append, the replication to each follower, and the moment of quorum', {
  timeout: 90_000,
}, async () => {
  const { urls } = running.cluster
  await untilCalm()
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
  const voters = async () => (await untilCalm()).membership.voters.map((id) => id.split('~')[0]).sort()
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
  const before = await untilCalm()
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
      const status = await statusOf(id).catch(() => undefined)
      return (
        status?.id !== id && status?.membership.voters.includes(status.id) && status.charges >= before.charges && status
      )
    },
    60_000,
  )
  expect(after.membership.voters).not.toContain(id)
  expect(Verification.parse(await ask(id, 'POST', '/verify')).fault).toBeNull()
})
