// The checkout on a real database, with callees that fail where the test says: whatever is cut off ends in exactly one outcome.
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { withDatabase } from '../../test/postgres.ts'
import { HttpError } from '../kit/http/errors.ts'
import { defaultKindPolicy, type KindPolicy } from '../kit/policies/kind-policy.ts'
import type { ChargeOutcome } from '../payments/contract.ts'
import type { ReservationOutcome } from '../products/contract.ts'
import { type CheckoutDeps, createCheckout } from './checkout.ts'
import { createOrdersStore, schemaSql } from './store.ts'

const card = { number: '4242424242424242', expiryMonth: 12, expiryYear: 2099, cvc: '123' }
const address = { name: 'Ada', street: '1 Main St', city: 'Paris', postalCode: '75001', country: 'FR' }
const down = new HttpError(503, 'callee_unavailable', 'gave no answer')

const testDatabase = withDatabase(schemaSql)

/** `products` and `payments` as they behave, with a switch for each call: fail before it takes effect, or after. */
function createShop(policy: Partial<KindPolicy> = {}) {
  const reservations = new Map<string, 'reserved' | 'released'>()
  const charges = new Map<string, ChargeOutcome>()
  const published: string[] = []
  const faults: Partial<Record<'reserve' | 'charge' | 'release' | 'cancel', 'before' | 'after'>> = {}
  const shop = { reservations, charges, published, faults, outOfStock: false, decline: false, noQuorum: false }

  async function call<T>(name: keyof typeof faults, effect: () => T): Promise<T> {
    if (faults[name] === 'before') throw down
    const result = effect()
    if (faults[name] === 'after') throw down
    return result
  }
  const deps: CheckoutDeps = {
    store: createOrdersStore(testDatabase.database),
    products: {
      reserveStock: ({ params: { orderId } }) =>
        call('reserve', (): ReservationOutcome => {
          if (reservations.get(orderId) === 'released') return { kind: 'released' }
          if (shop.outOfStock) return { kind: 'out_of_stock', productId: 'p-0001', available: 0 }
          reservations.set(orderId, 'reserved')
          const line = { productId: 'p-0001', name: 'Lamp', quantity: 2, unitPriceCents: 1_000 }
          return { kind: 'reserved', lines: [line], totalCents: 2_000, readAfter: '0/1' }
        }),
      releaseStock: ({ params: { orderId } }) =>
        call('release', () => {
          reservations.set(orderId, 'released')
          return { kind: 'released' as const }
        }),
    },
    payments: {
      charge: ({ params: { orderId }, body }) =>
        call('charge', () => {
          const fresh: ChargeOutcome = shop.decline
            ? { kind: 'declined', reason: 'card_declined' }
            : shop.noQuorum
              ? { kind: 'pending' }
              : {
                  kind: 'charged',
                  chargeId: randomUUID(),
                  amountCents: body.amountCents,
                  cardBrand: 'visa',
                  cardLast4: '4242',
                }
          const outcome = charges.get(orderId) ?? fresh
          charges.set(orderId, outcome)
          return outcome
        }),
      cancelCharge: ({ params: { orderId } }) =>
        call('cancel', () => {
          const outcome = charges.get(orderId) ?? { kind: 'cancelled' as const }
          charges.set(orderId, outcome)
          return outcome
        }),
    },
    queue: {
      publish: async (_transaction, _queue, _id, data) => {
        published.push((data as { orderId: string }).orderId)
      },
    },
    policy: () => ({ ...defaultKindPolicy, ...policy }),
    log: pino({ level: 'silent' }),
  }
  return Object.assign(shop, { store: deps.store, checkout: createCheckout(deps) })
}

let shop: ReturnType<typeof createShop>
let userId: string
beforeEach(async () => {
  shop = createShop()
  userId = randomUUID()
  await shop.store.putBasketItem(userId, { productId: 'p-0001', quantity: 2 }, 30)
})

const checkOut = (key = 'key-00000001') => shop.checkout.checkOut(userId, key, { card, address })

/** `payments` has brought the charge into the ledger. */
function complete(orderId: string): void {
  const charge = { chargeId: randomUUID(), amountCents: 2_000, cardBrand: 'visa', cardLast4: '4242' }
  shop.charges.set(orderId, { kind: 'charged', ...charge })
}

/** Lets the time pass that an abandoned order is left to its customer. */
async function settleLater(): Promise<void> {
  await testDatabase.database.query(
    "UPDATE orders SET lease_until = lease_until - interval '1 hour' WHERE status IN ('pending', 'payment_pending')",
  )
  await shop.checkout.settleAbandoned()
}

test('a good checkout is confirmed, charged once, published once, and empties the basket', async () => {
  const order = await checkOut()
  expect(order).toMatchObject({ status: 'confirmed', totalCents: 2_000, readAfter: '0/1', lines: [{ quantity: 2 }] })
  expect(await shop.store.basket(userId)).toEqual([])
  expect(shop.published).toEqual([order.id])
})

test('the same key returns the same order, the basket being empty by then', async () => {
  const first = await checkOut()
  const second = await checkOut()
  expect(second).toEqual(first)
  expect(shop.published).toEqual([first.id])
})

test('the same key with another address is refused', async () => {
  await checkOut()
  const other = { ...address, street: '2 Main St' }
  await expect(shop.checkout.checkOut(userId, 'key-00000001', { card, address: other })).rejects.toMatchObject({
    status: 422,
  })
})

test('an empty basket is refused and leaves no order', async () => {
  await shop.store.deleteBasketItem(userId, 'p-0001')
  await expect(checkOut()).rejects.toMatchObject({ status: 409, code: 'basket_empty' })
  expect(await shop.store.list(userId, 10)).toEqual([])
})

test('twenty checkouts at once with one key make one order', async () => {
  const orders = await Promise.all(Array.from({ length: 20 }, () => checkOut()))
  expect(new Set(orders.map((order) => order.id)).size).toBe(1)
  expect(shop.published).toHaveLength(1)
  expect((await checkOut()).status).toBe('confirmed')
})

test.each([
  [
    'out of stock',
    () => {
      shop.outOfStock = true
    },
    { refusal: 'out_of_stock', refusedProductId: 'p-0001' },
  ],
  [
    'declined',
    () => {
      shop.decline = true
    },
    { refusal: 'card_declined', refusedProductId: null },
  ],
] as const)('%s: refused, no stock held, nothing published', async (_name, arrange, expected) => {
  arrange()
  const order = await checkOut()
  expect(order).toMatchObject({ status: 'refused', ...expected })
  expect(shop.reservations.get(order.id)).toBe('released')
  expect(shop.published).toEqual([])
})

const cuts = [
  { fault: 'reserve', when: 'before', settled: 'refused' },
  { fault: 'reserve', when: 'after', settled: 'refused' },
  { fault: 'charge', when: 'before', settled: 'refused' },
  { fault: 'charge', when: 'after', settled: 'confirmed' },
] as const

test.each(cuts)(
  'cut off $when the effect of $fault: pending, then $settled without the customer',
  async ({ fault, when, settled }) => {
    shop.faults[fault] = when
    const order = await checkOut()
    expect(order.status).toBe('pending')
    delete shop.faults[fault]
    await settleLater()
    const now = await shop.store.find(order.id)
    expect(now?.status).toBe(settled)
    expect(shop.reservations.get(order.id)).toBe(settled === 'confirmed' ? 'reserved' : 'released')
    expect(shop.charges.get(order.id)?.kind).toBe(settled === 'confirmed' ? 'charged' : 'cancelled')
    expect(shop.published).toEqual(settled === 'confirmed' ? [order.id] : [])
  },
)

test.each(cuts)('cut off $when the effect of $fault: the customer’s retry confirms it', async ({ fault, when }) => {
  shop.faults[fault] = when
  const order = await checkOut()
  delete shop.faults[fault]
  expect(await checkOut()).toMatchObject({ id: order.id, status: 'confirmed' })
  expect(shop.published).toEqual([order.id])
})

test('after a settlement the customer’s late retry can neither charge nor reserve', async () => {
  shop.faults.charge = 'before'
  const order = await checkOut()
  delete shop.faults.charge
  await settleLater()
  expect(await checkOut()).toMatchObject({ id: order.id, status: 'refused', refusal: 'interrupted' })
  expect(shop.charges.get(order.id)?.kind).toBe('cancelled')
  expect(shop.reservations.get(order.id)).toBe('released')
})

test('a refusal that is cut off before the stock is back is finished later', async () => {
  shop.decline = true
  shop.faults.release = 'before'
  const order = await checkOut()
  expect(order.status).toBe('pending')
  delete shop.faults.release
  await settleLater()
  expect(await shop.store.find(order.id)).toMatchObject({ status: 'refused', refusal: 'card_declined' })
  expect(shop.reservations.get(order.id)).toBe('released')
})

test('a settlement that gets no answer is tried again', async () => {
  shop.faults.charge = 'after'
  shop.faults.cancel = 'before'
  const order = await checkOut()
  await settleLater()
  expect((await shop.store.find(order.id))?.status).toBe('pending')
  delete shop.faults.cancel
  await settleLater()
  expect((await shop.store.find(order.id))?.status).toBe('confirmed')
})

test('without a quorum of the ledger the payment is pending at once, and confirmed without the customer when it is charged', async () => {
  shop.noQuorum = true
  const order = await checkOut()
  expect(order.status).toBe('payment_pending')
  expect(shop.reservations.get(order.id)).toBe('reserved')
  await settleLater()
  expect((await shop.store.find(order.id))?.status).toBe('payment_pending')
  expect(shop.charges.get(order.id)).toEqual({ kind: 'pending' })
  complete(order.id)
  await settleLater()
  expect(await shop.store.find(order.id)).toMatchObject({ status: 'confirmed', totalCents: 2_000 })
  expect(shop.published).toEqual([order.id])
  await settleLater()
  expect(shop.published).toEqual([order.id])
})

test('the customer’s retry of a pending payment is the same order, and confirms it once it is charged', async () => {
  shop.noQuorum = true
  const order = await checkOut()
  expect(await checkOut()).toMatchObject({ id: order.id, status: 'payment_pending' })
  complete(order.id)
  expect(await checkOut()).toMatchObject({ id: order.id, status: 'confirmed' })
  expect(shop.published).toEqual([order.id])
})

test('an order that was cut off while its payment is pending waits for it, and is not refused', async () => {
  shop.noQuorum = true
  shop.faults.charge = 'after'
  const order = await checkOut()
  expect(order.status).toBe('pending')
  delete shop.faults.charge
  await settleLater()
  expect((await shop.store.find(order.id))?.status).toBe('payment_pending')
  complete(order.id)
  await settleLater()
  expect((await shop.store.find(order.id))?.status).toBe('confirmed')
})

test('an order that is being worked on is left alone', async () => {
  shop.faults.charge = 'before'
  const order = await checkOut()
  expect(await shop.store.lease(order.id)).toBe(true)
  expect(await shop.store.lease(order.id)).toBe(false)
  expect(await shop.checkout.settleAbandoned()).toBe(0)
})

test('two checkouts at once with one key are one order; without idempotency they are two, each charged', async () => {
  const twice = async (idempotency: boolean) => {
    shop = createShop({ idempotency })
    userId = randomUUID()
    await shop.store.putBasketItem(userId, { productId: 'p-0001', quantity: 2 }, 30)
    await Promise.all([checkOut('key-00000009'), checkOut('key-00000009')])
    return { orders: (await shop.store.list(userId, 10)).length, charges: shop.charges.size }
  }
  expect(await twice(true)).toEqual({ orders: 1, charges: 1 })
  expect(await twice(false)).toEqual({ orders: 2, charges: 2 })
})
