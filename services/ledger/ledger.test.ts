// Ledger nodes over real sockets and disks: what a majority stored stays, whatever is cut, stopped or lost.
import { rm } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../test/until.ts'
import type { Charge } from './chain/charge.ts'
import { findProofFault } from './chain/proof.ts'
import { testCharge } from './chain/test-blocks.ts'
import { createFailingDisk } from './storage/test-disk.ts'
import { createGroup, type Group, type GroupNode } from './test-group.ts'

const three = ['ledger-na', 'ledger-eu', 'ledger-asia'] as const

let group: Group
afterEach(() => group?.close())

async function startThree(options: Parameters<typeof createGroup>[1] = {}): Promise<GroupNode> {
  group = await createGroup(three, options)
  for (const name of three) await group.start(name)
  return group.leader()
}

const append = (node: GroupNode, charge: Charge) => node.client.append({ body: charge, headers: {} })
/** Asks again until there is an answer, as `payments` does: a busy machine may take longer than a checkout waits. */
const patiently = <T>(ask: () => Promise<T>): Promise<T> =>
  until(
    'a majority',
    () =>
      ask()
        .then((answer) => ({ answer }))
        .catch((error: { status?: number }) => {
          if ((error.status ?? 0) >= 500) return undefined
          throw error
        }),
    30_000,
  ).then(({ answer }) => answer)
const committed = (node: GroupNode, charge: Charge) => patiently(() => append(node, charge))
const untilEqual = () =>
  until(
    'equal chains',
    () => {
      const tips = group.nodes().map(({ ledger }) => JSON.stringify(ledger.state.tip))
      return new Set(tips).size === 1
    },
    30_000,
  )

test('a single node is a majority of its own', async () => {
  group = await createGroup(['ledger-na'])
  await group.start('ledger-na')
  const leader = await group.leader()
  const { proof } = await committed(leader, testCharge(1))
  expect(findProofFault(proof, testCharge(1))).toBeUndefined()
  await group.stop('ledger-na')
  const again = await group.start('ledger-na')
  expect((await again.client.readCharge({ params: testCharge(1), query: { consistency: 'stale' } })).charge).toEqual(
    testCharge(1),
  )
})

test('a log that is large is compacted long before it has many entries', async () => {
  group = await createGroup(['ledger-na'], { compactAtBytes: 100_000 })
  await group.start('ledger-na')
  const leader = await group.leader()
  const isCompacted = () => leader.ledger.status().snapshotIndex > 0
  let charges = 0
  while (!isCompacted() && charges < 1_500) await committed(leader, testCharge(charges++))
  await until('it is compacted', isCompacted)
  // As many as it keeps for followers that are a little behind.
  expect(leader.ledger.status().snapshotIndex).toBeGreaterThan(500)
  expect(leader.ledger.state.charges).toBe(charges)
})

test('a charge that any node is asked to append is committed once, proved, and read everywhere', async () => {
  await startThree()
  for (const [index, name] of three.entries()) {
    const charge = testCharge(index)
    const first = await committed(group.get(name), charge)
    expect(findProofFault(first.proof, charge)).toBeUndefined()
    const again = await committed(group.get(name), charge)
    expect(again).toMatchObject({ isNew: false, proof: first.proof })
    for (const reader of three) {
      const read = await patiently(() => group.get(reader).client.readCharge({ params: charge, query: {} }))
      expect(read).toMatchObject({ charge, consistency: 'linearizable', node: reader, height: index + 1 })
    }
  }
  await expect(committed(group.get('ledger-eu'), { ...testCharge(1), amountCents: 7 })).rejects.toMatchObject({
    status: 409,
    code: 'charge_differs',
  })
  const proved = await group
    .get('ledger-asia')
    .client.proveCharge({ params: testCharge(2), query: { consistency: 'stale' } })
  expect(proved.consistency).toBe('stale')
  expect(findProofFault(proved.proof, testCharge(2))).toBeUndefined()
  const unknown = { chargeId: testCharge(99).chargeId }
  await expect(patiently(() => group.client.proveCharge({ params: unknown, query: {} }))).rejects.toMatchObject({
    status: 404,
  })
})

test('charges that come at once share blocks, the same one many times over stands there once', async () => {
  const leader = await startThree()
  const charges = Array.from({ length: 80 }, (_, index) => testCharge(index % 40))
  const answers = await Promise.all(charges.map((charge) => committed(leader, charge)))
  expect(answers.map(({ proof }, index) => findProofFault(proof, charges[index]!))).toEqual(
    charges.map(() => undefined),
  )
  expect(leader.ledger.state.charges).toBe(40)
  expect(leader.ledger.state.tip.height).toBeLessThan(40)
  await untilEqual()
  for (const { client } of group.nodes()) expect(await client.verify({})).toMatchObject({ charges: 40, fault: null })
})

test('an order that is charged again has a charge more, each proved by its own id', async () => {
  const leader = await startThree()
  const charges = [testCharge(1), { ...testCharge(2), orderId: testCharge(1).orderId }]
  for (const charge of charges) expect(await committed(leader, charge)).toMatchObject({ isNew: true })
  for (const charge of charges) {
    const { proof } = await leader.client.proveCharge({ params: charge, query: {} })
    expect(findProofFault(proof, charge)).toBeUndefined()
  }
  expect(leader.ledger.state.charges).toBe(2)
  const shouted = { ...testCharge(3), chargeId: 'ABCDEF00-0000-4000-8000-000000000003' }
  // One id has one spelling, or it would be two.
  await expect(append(leader, shouted)).rejects.toMatchObject({ status: 400 })
})

test('a ledger that is full says so, takes no more, and still knows what it has', async () => {
  const leader = await startThree({ maxCharges: 2 })
  const follower = group.get(three.find((name) => name !== leader.name)!)
  for (const number of [1, 2]) await committed(leader, testCharge(number))
  await expect(leader.ledger.append(testCharge(3))).rejects.toMatchObject({ status: 503, code: 'ledger_full' })
  for (const node of [leader, follower]) {
    await expect(append(node, testCharge(3))).rejects.toMatchObject({ status: 503 })
    expect(await committed(node, testCharge(2))).toMatchObject({ isNew: false })
  }
  expect(leader.ledger.state.charges).toBe(2)
})

test('without a majority appends and linearizable reads are refused, stale ones say that they are', async () => {
  const leader = await startThree()
  await committed(leader, testCharge(1))
  const [first, second] = three.filter((name) => name !== leader.name)
  await group.stop(first!)
  await group.stop(second!)
  await expect(append(leader, testCharge(2))).rejects.toMatchObject({ status: 503 })
  const params = testCharge(1)
  await expect(leader.client.readCharge({ params, query: {} })).rejects.toMatchObject({ status: 503 })
  expect(await leader.client.readCharge({ params, query: { consistency: 'stale' } })).toMatchObject({
    consistency: 'stale',
    charge: testCharge(1),
  })
  await until('it knows that it leads no more', () => leader.ledger.leader() === null)
  await group.start(first!)
  await group.leader()
  // It had been asked for, and its asker is gone: it may or may not be there, and asking again makes it be there once.
  await committed(group.get(first!), testCharge(2))
  expect(group.get(first!).ledger.state.charges).toBe(2)
})

/** Charges without pause through any node, each until it is acknowledged; `stop` returns those that were. */
function startWriters(count: number) {
  const acknowledged: Charge[] = []
  let going = true
  let next = 0
  const writer = async () => {
    while (going) {
      const charge = testCharge(next++)
      for (let turn = 0; going; turn++) {
        const node = group.nodes()[turn % 3]
        const done = await node?.client.append({ body: charge, headers: {} }).catch(() => undefined)
        if (!done) continue
        acknowledged.push(charge)
        break
      }
    }
  }
  const writers = Array.from({ length: count }, writer)
  return {
    acknowledged,
    async stop(): Promise<Charge[]> {
      going = false
      await Promise.all(writers)
      return acknowledged
    },
  }
}

test('each node cut off in turn under load: the others go on, the minority refuses, nothing is lost or doubled', async () => {
  await startThree()
  const writers = startWriters(4)
  const more = async (what: string) => {
    const before = writers.acknowledged.length
    await until(`more charges ${what}`, () => writers.acknowledged.length > before + 5, 30_000)
  }
  await more('at first')
  for (const [index, name] of three.entries()) {
    await group.cutOff(name)
    await more(`without ${name}`)
    await expect(append(group.get(name), testCharge(900_000 + index))).rejects.toMatchObject({ status: 503 })
    const cutOff = await group.get(name).client.readCharge({ params: testCharge(0), query: { consistency: 'stale' } })
    expect(cutOff).toMatchObject({ consistency: 'stale', charge: testCharge(0) })
    group.mend()
    await group.leader()
    await more(`with ${name} again`)
  }
  const acknowledged = await writers.stop()
  await group.leader()
  await untilEqual()
  for (const { ledger, client } of group.nodes()) {
    expect(await client.verify({})).toMatchObject({ blocks: ledger.state.tip.height, fault: null })
    const ids: string[] = []
    for (let from = 1; from <= ledger.state.tip.height; from += 32) {
      const { blocks } = await client.readBlocks({ query: { from, limit: 32 } })
      ids.push(...blocks.flatMap(({ charges }) => charges.map(({ chargeId }) => chargeId)))
    }
    expect(new Set(ids).size).toBe(ids.length)
    expect(acknowledged.filter(({ chargeId }) => !ids.includes(chargeId))).toEqual([])
  }
}, 120_000)

test('a node that lost its disk comes back as a new member and catches up by snapshot', async () => {
  const leader = await startThree({ compactAfter: 20 })
  for (let number = 0; number < 60; number++) await committed(leader, testCharge(number))
  const lost = three.find((name) => name !== leader.name)!
  const { folder } = group.get(lost)
  await group.stop(lost)
  await rm(folder, { recursive: true })
  const back = await group.start(lost, { isFounder: false })
  await until('it is a voter under a new name', () => {
    const { membership } = leader.ledger.status()
    return membership.voters.some((id) => id.startsWith(`${lost}~`)) && !membership.voters.includes(lost)
  })
  await untilEqual()
  expect(back.ledger.state.charges).toBe(60)
  expect(await back.client.verify({})).toMatchObject({ blocks: back.ledger.state.tip.height, fault: null })
  // It counts: without the third the two are a majority.
  await group.stop(three.find((name) => name !== leader.name && name !== lost)!)
  await committed(leader, testCharge(1_000))
}, 60_000)

test('grows to five and back to three, the leader among those that leave', async () => {
  const first = await startThree()
  const voters = async () => (await group.leader()).ledger.status().membership.voters.length
  for (const name of ['ledger-na-2', 'ledger-eu-2']) await group.start(name)
  await until('five voters', async () => (await voters()) === 5, 30_000)
  await committed(await group.leader(), testCharge(1))
  const leaving = [first.name, 'ledger-eu-2']
  await group.set({ leaving })
  await until('they know that they left', () => leaving.every((name) => group.get(name).hasLeft()), 30_000)
  for (const name of leaving) await group.stop(name)
  await committed(await group.leader(), testCharge(2))
  expect(await voters()).toBe(3)
}, 90_000)

test('a disk that is full ends the node, and what it had not stored is not acknowledged', async () => {
  const disks = new Map(three.map((name) => [name as string, createFailingDisk()]))
  const leader = await startThree({ disk: (name) => disks.get(name) })
  disks.get(leader.name)?.fail('write', 'ENOSPC')
  await expect(append(leader, testCharge(1))).rejects.toMatchObject({ status: 503 })
  expect(leader.failure()).toMatchObject({
    name: 'StorageFailed',
    message: expect.stringContaining('the disk is full'),
  })
  await group.stop(leader.name)
  await committed(await group.leader(), testCharge(1))
  expect((await group.leader()).ledger.state.charges).toBe(1)
})
