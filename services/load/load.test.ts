import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { captureLog } from '../../test/captured-log.ts'
import { CallFailure } from '../kit/calls/caller.ts'
import { MAX_IN_FLIGHT } from './browser-policy.ts'
import { type Journeys, readJourneys } from './journeys.ts'
import { createLoad, type Load } from './load.ts'
import { type Break, createTestShop, problem, type TestShop } from './test-shop.ts'

/** The built-in journeys, on words that the test shop knows and by people who do not think for long. */
const journeys: Journeys = {
  ...readJourneys(undefined),
  thinkMs: [0, 20],
  searches: ['kettle', 'lamp'],
}
for (const journey of journeys.journeys) for (const step of journey.steps) step.thinkMs = [0, 20]

let load: Load | undefined
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  load?.stop()
  vi.useRealTimers()
})

function start(
  send: TestShop['send'],
  { rate = 200, seed = 1, only }: { rate?: number; seed?: number; only?: string } = {},
) {
  const { log, lines } = captureLog()
  const chosen = journeys.journeys.filter(({ name }) => only === undefined || name === only)
  const used = { ...journeys, opening: undefined, journeys: chosen.map((one) => (only ? { ...one, weight: 1 } : one)) }
  load = createLoad({ journeys: used, seed, send, log })
  load.setRate(rate)
  return { load, lines }
}

describe('a shop that works', () => {
  test('is found to work, on every journey and every step', async () => {
    const shop = createTestShop()
    const { load } = start(shop.send)
    await vi.advanceTimersByTimeAsync(30_000)
    const report = load.report()
    expect(report).toMatchObject({ wrong: 0, errors: 0, wrongReasons: {}, dropped: { inFlight: 0, late: 0 } })
    expect(Object.keys(report.journeys).sort()).toEqual(journeys.journeys.map(({ name }) => name).sort())
    expect(Object.keys(report.steps)).toHaveLength(17)
    expect(Object.keys(report.regions).sort()).toEqual(['asia', 'eu', 'na'])
    expect(report.refused).toBeGreaterThan(0)
    // 6,000 expected; a Poisson count of that size is within 400 of it but for one run in ten million.
    expect(report.offered).toBeGreaterThan(5_600)
    expect(report.offered).toBeLessThan(6_400)
    expect(shop.requests).toHaveLength(report.sent)
  })

  test('has its orders written down, with key and total', async () => {
    const shop = createTestShop()
    const { load } = start(shop.send, { only: 'reorder' })
    await vi.advanceTimersByTimeAsync(5_000)
    load.setRate(0)
    await vi.advanceTimersByTimeAsync(1_000)
    const { items } = load.checkouts()
    expect(
      items
        .map((item) => item.state)
        .sort()
        .at(0),
    ).toBe('accepted')
    for (const item of items.filter(({ state }) => state !== 'open')) {
      const order = shop.orders.get(item.idempotencyKey)
      expect(item).toMatchObject({ orderId: order?.id, userId: order?.userId })
      if (item.state === 'accepted') expect(item.totalCents).toBe(order?.totalCents)
    }
    expect(items.filter(({ state }) => state !== 'open')).toHaveLength(shop.orders.size)
  })

  test('sees the same visits for the same seed, and others for another', async () => {
    const visit = async (seed: number) => {
      const shop = createTestShop()
      const { load } = start(shop.send, { seed, only: 'search' })
      await vi.advanceTimersByTimeAsync(2_000)
      load.stop()
      return shop.requests.map(({ request, region }) => `${region} ${request.path}`)
    }
    const first = await visit(7)
    expect(first.length).toBeGreaterThan(100)
    expect(await visit(7)).toEqual(first)
    expect(await visit(8)).not.toEqual(first)
  })
})

/** The members of answers that the tests below reach for. */
type Body = { items: object[]; lines: object[]; user: object; totalCents: number }
const json =
  (change: (body: Body) => unknown): Break =>
  (answer) =>
    answer.status < 300 && typeof answer.body === 'object'
      ? { ...answer, body: change(structuredClone(answer.body) as Body) }
      : answer
const on =
  (route: string, breakIt: Break): Break =>
  (answer, request) =>
    `${request.method} ${request.route}` === route ? breakIt(answer, request) : answer
const swap = (items: unknown[]) => [...items].reverse()

describe('a wrong answer is never taken for a right one', () => {
  test.each<[what: string, journey: string, reason: string, Break]>([
    ['an error page with status 200', 'browse', 'content', on('GET /', (a) => ({ ...a, body: 'oops' }))],
    ['text instead of JSON', 'browse', 'not_json', on('GET /api/categories', (a) => ({ ...a, body: 'oops' }))],
    [
      'a category twice',
      'browse',
      'inconsistent',
      on(
        'GET /api/categories',
        json((b) => ({ items: [...b.items, ...b.items] })),
      ),
    ],
    [
      'a price as text',
      'browse',
      'schema',
      on(
        'GET /api/products/:productId',
        json((b) => ({ ...b, priceCents: '12' })),
      ),
    ],
    [
      'an empty page',
      'browse',
      'other_than_asked',
      on(
        'GET /api/products',
        json((b) => ({ ...b, items: [] })),
      ),
    ],
    [
      'another page',
      'browse',
      'other_than_asked',
      on(
        'GET /api/products',
        json((b) => ({ ...b, offset: 1 })),
      ),
    ],
    [
      'another category',
      'browse',
      'other_than_asked',
      on(
        'GET /api/products',
        json((b) => ({ ...b, items: b.items.map((i: object) => ({ ...i, category: 'x' })) })),
      ),
    ],
    [
      'the wrong order',
      'browse',
      'other_than_asked',
      on(
        'GET /api/products',
        json((b) => ({ ...b, items: swap(b.items) })),
      ),
    ],
    [
      'nothing found',
      'search',
      'other_than_asked',
      on(
        'GET /api/search',
        json((b) => ({ ...b, items: [], total: 0 })),
      ),
    ],
    [
      'something else found',
      'search',
      'other_than_asked',
      on(
        'GET /api/search',
        json((b) => ({ ...b, items: b.items.map((i: object) => ({ ...i, name: 'Tent' })) })),
      ),
    ],
    [
      'another product',
      'search',
      'other_than_asked',
      on(
        'GET /api/products/:productId',
        json((b) => ({ ...b, id: 'p-9999' })),
      ),
    ],
    [
      'another price than in the list',
      'search',
      'other_than_asked',
      on(
        'GET /api/products/:productId',
        json((b) => ({ ...b, priceCents: 1 })),
      ),
    ],
    [
      'the picture of another product',
      'search',
      'content',
      on('GET /images/:file', (a) => ({ ...a, body: '<svg><title>Tent</title></svg>' })),
    ],
    [
      'a product recommended with itself',
      'search',
      'inconsistent',
      (answer, { path, route }) =>
        route.endsWith('/recommendations')
          ? json((b) => ({ ...b, items: b.items.map((i: object) => ({ ...i, id: path.split('/')[3] })).slice(0, 1) }))(
              answer,
              {} as never,
            )
          : answer,
    ],
    [
      'a session of somebody else',
      'my-orders',
      'other_than_asked',
      on(
        'POST /api/sessions',
        json((b) => ({ ...b, user: { ...b.user, email: 'x@example.com' } })),
      ),
    ],
    [
      'a session that has expired',
      'my-orders',
      'inconsistent',
      on(
        'POST /api/sessions',
        json((b) => ({ ...b, expiresAt: '2020-01-01T00:00:00Z' })),
      ),
    ],
    [
      'a session that does not hold',
      'my-orders',
      'unexpected_status',
      on('GET /api/orders', () => problem(401, 'session_invalid')),
    ],
    [
      'a basket without what was put in',
      'buy',
      'inconsistent',
      on(
        'PUT /api/basket/items/:productId',
        json(() => ({ items: [] })),
      ),
    ],
    [
      'a basket that forgets',
      'buy',
      'inconsistent',
      on(
        'GET /api/basket',
        json(() => ({ items: [] })),
      ),
    ],
    [
      'a basket that keeps what was taken out',
      'hesitate',
      'inconsistent',
      on(
        'DELETE /api/basket/items/:productId',
        json(() => ({
          items: [
            { productId: 'p-0001', quantity: 1 },
            { productId: 'p-0002', quantity: 1 },
          ],
        })),
      ),
    ],
    [
      'a total that does not add up',
      'buy',
      'inconsistent',
      on(
        'POST /api/checkout',
        json((b) => ({ ...b, totalCents: b.totalCents + 1 })),
      ),
    ],
    [
      'an order of something else',
      'buy',
      'inconsistent',
      on(
        'POST /api/checkout',
        json((b) => ({ ...b, lines: b.lines.map((l: object) => ({ ...l, quantity: 20 })) })),
      ),
    ],
    [
      'a pending order as if it were done',
      'buy',
      'inconsistent',
      on(
        'POST /api/checkout',
        json((b) => ({ ...b, status: 'pending' })),
      ),
    ],
    ['a refused good card', 'buy', 'unexpected_status', on('POST /api/checkout', () => problem(402, 'card_lost'))],
    [
      'a second order for the same key',
      'impatient',
      'other_order',
      on(
        'POST /api/checkout',
        json((b) => ({ ...b, id: crypto.randomUUID() })),
      ),
    ],
    [
      'an order that is not there yet',
      'buy',
      'stale_read',
      on('GET /api/orders/:orderId', () => problem(404, 'not_found')),
    ],
    [
      'an order that goes back',
      'buy',
      'inconsistent',
      on(
        'GET /api/orders/:orderId',
        json((b) => ({ ...b, status: 'pending' })),
      ),
    ],
    [
      'an order list without the order',
      'stock-up',
      'stale_read',
      on(
        'GET /api/orders',
        json(() => ({ items: [] })),
      ),
    ],
    [
      'orders of somebody else',
      'my-orders',
      'other_than_asked',
      on('GET /api/orders', () => ({ status: 200, body: { items: [strangersOrder] } })),
    ],
    [
      'stock from before the order',
      'stock-up',
      'stale_read',
      on(
        'GET /api/products/:productId',
        json((b) => ({ ...b, stock: 1_000 })),
      ),
    ],
  ])('%s', async (_what, only, reason, breakIt) => {
    const shop = createTestShop(breakIt)
    const { load, lines } = start(shop.send, { only })
    await vi.advanceTimersByTimeAsync(4_000)
    const report = load.report()
    expect(report.wrongReasons).toHaveProperty(reason)
    expect(report.errors).toBe(0)
    expect(lines.some((line) => line.includes('a wrong answer') && line.includes(reason))).toBe(true)
  })

  test('a card that must be declined and pays', async () => {
    const shop = createTestShop()
    // Whatever card comes, the shop sees a good one.
    const blind: TestShop['send'] = (request, region) => {
      const body = request.body && request.route === '/api/checkout' ? JSON.parse(request.body) : undefined
      if (body) body.card = { ...body.card, number: '4242424242424242', expiryYear: 2099 }
      return shop.send(body ? { ...request, body: JSON.stringify(body) } : request, region)
    }
    const { load } = start(blind, { only: 'reorder' })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(load.report()).toMatchObject({ refused: 0, wrongReasons: { inconsistent: expect.any(Number) } })
  })
})

const strangersOrder = {
  ...{ id: '7a589875-4cde-4cfd-b46c-dceb35fdba8f', userId: '7a589875-4cde-4cfd-b46c-dceb35fdba90', status: 'shipped' },
  ...{ refusal: null, refusedProductId: null, lines: [], totalCents: 0, currency: 'USD', trackingNumber: 'x' },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', readAfter: null },
}

describe('the loop is open', () => {
  test('arrivals go on though nobody answers, and are counted as dropped beyond the bound', async () => {
    const { load } = start(() => new Promise(() => {}), { rate: 1_000 })
    await vi.advanceTimersByTimeAsync(4_000)
    const { offered, sent, dropped, inFlight, ok } = load.report()
    expect({ sent, inFlight, ok }).toEqual({ sent: MAX_IN_FLIGHT, inFlight: MAX_IN_FLIGHT, ok: 0 })
    expect(offered).toBeGreaterThan(3_700)
    expect(dropped.inFlight).toBe(offered - sent)
  })

  test('a rate of 0 pauses, and another rate takes effect at once', async () => {
    const { load } = start(createTestShop().send, { rate: 0 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(load.report().offered).toBe(0)
    load.setRate(500)
    await vi.advanceTimersByTimeAsync(1_000)
    const { offered } = load.report()
    expect(offered).toBeGreaterThan(350)
    load.setRate(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(load.report()).toMatchObject({ offered, requestsPerSecond: 0 })
  })

  /** A shop with many shoppers in it, which then closes its doors for two minutes. */
  async function paused(only: string, send: TestShop['send']) {
    const { load } = start(send, { only, rate: 2_000 })
    await vi.advanceTimersByTimeAsync(1_000)
    load.setRate(0)
    await vi.advanceTimersByTimeAsync(120_000)
    return { load, before: load.report() }
  }

  test('who was kept waiting for long leaves', async () => {
    const { load, before } = await paused('browse', createTestShop().send)
    expect(before.shoppers).toBeGreaterThan(15)
    load.setRate(50)
    await vi.advanceTimersByTimeAsync(200)
    expect(load.report().offered).toBeGreaterThan(before.offered)
    expect(load.report().shoppers).toBeLessThan(before.shoppers / 2)
  })

  test('but nobody leaves before he knows what became of his order', async () => {
    let isDown = true
    const shop = createTestShop()
    const send: TestShop['send'] = async (request, region) => {
      if (isDown && request.route === '/api/checkout') throw new CallFailure('frontdoor', 'reset', 'cut off')
      return shop.send(request, region)
    }
    const { load, before } = await paused('reorder', send)
    expect(before.checkouts.open).toBeGreaterThan(15)
    isDown = false
    load.setRate(1_000)
    await vi.advanceTimersByTimeAsync(1_000)
    const { accepted, refused, unknown } = load.report().checkouts
    expect(unknown).toBe(0)
    expect(accepted + refused).toBeGreaterThanOrEqual(before.checkouts.open)
  })

  test('after a standstill of this process the arrears are dropped, not fired as a burst', async () => {
    const { load } = start(createTestShop().send, { rate: 100 })
    await vi.advanceTimersByTimeAsync(1_000)
    const before = load.report().offered
    const now = performance.now()
    const spy = vi.spyOn(performance, 'now').mockReturnValue(now + 60_000)
    await vi.advanceTimersByTimeAsync(50)
    spy.mockRestore()
    const { offered, dropped } = load.report()
    expect(dropped.late).toBeGreaterThan(5_500)
    expect(offered - before - dropped.late).toBeLessThan(200)
  })
})

describe('no answer', () => {
  test('a checkout is sent again with the same key and body until its outcome is known', async () => {
    const seen = new Map<string, number>()
    const shop = createTestShop()
    const flaky: TestShop['send'] = async (request, region) => {
      const answer = await shop.send(request, region)
      if (request.route !== '/api/checkout') return answer
      const key = request.headers['idempotency-key'] ?? ''
      seen.set(key, (seen.get(key) ?? 0) + 1)
      // The order is made; its customer does not hear of it before the third time.
      if ((seen.get(key) ?? 0) < 3) throw new CallFailure('frontdoor', 'reset', 'cut off')
      return answer
    }
    const { load } = start(flaky, { only: 'reorder', rate: 100 })
    await vi.advanceTimersByTimeAsync(20_000)
    const report = load.report()
    expect(report.checkouts.accepted).toBeGreaterThan(10)
    expect(report).toMatchObject({ wrong: 0, checkouts: { unknown: 0 } })
    expect(report.errorReasons).toEqual({ reset: report.errors })
    const bodies = new Map<string, Set<string>>()
    for (const { request } of shop.requests.filter((one) => one.request.route === '/api/checkout')) {
      const key = request.headers['idempotency-key'] ?? ''
      bodies.set(key, (bodies.get(key) ?? new Set()).add(request.body ?? ''))
    }
    expect([...bodies.values()].every((texts) => texts.size === 1)).toBe(true)
  })

  test('a checkout that never gets an answer is unknown, and its account is not used again', async () => {
    const shop = createTestShop()
    const users: string[] = []
    const dead: TestShop['send'] = async (request, region) => {
      if (request.route !== '/api/checkout') return shop.send(request, region)
      users.push(request.headers.authorization ?? '')
      throw new CallFailure('frontdoor', 'timeout', 'no answer')
    }
    const { load } = start(dead, { only: 'reorder', rate: 100 })
    await vi.advanceTimersByTimeAsync(60_000)
    const { checkouts, ok, errors, sent, inFlight } = load.report()
    expect(checkouts).toMatchObject({ accepted: 0, refused: 0 })
    expect(checkouts.unknown).toBeGreaterThan(10)
    expect(ok + errors + inFlight).toBe(sent)
    const ids = load.checkouts().items.map((item) => item.userId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('a server error is an error by its status, whatever its body', async () => {
    const { load } = start(createTestShop(() => problem(503, 'overloaded')).send)
    await vi.advanceTimersByTimeAsync(1_000)
    const { ok, wrong, errors, errorReasons, latency } = load.report()
    expect({ ok, wrong, errorReasons }).toEqual({ ok: 0, wrong: 0, errorReasons: { status_503: errors } })
    expect(latency.count).toBe(0)
  })

  test.each(['pending', 'payment_pending'])(
    'an order that is %s is asked for again until it is done',
    async (status) => {
      let asked = 0
      const slow = on('POST /api/checkout', (answer) => {
        asked += 1
        if (answer.status !== 201 || asked % 2 === 0) return answer
        const body = { ...(answer.body as object), status, totalCents: 0, lines: [], readAfter: null }
        return { status: 202, body }
      })
      const { load } = start(createTestShop(slow).send, { only: 'buy', rate: 50 })
      await vi.advanceTimersByTimeAsync(20_000)
      const { wrong, errors, checkouts } = load.report()
      expect({ wrong, errors, unknown: checkouts.unknown }).toEqual({ wrong: 0, errors: 0, unknown: 0 })
      expect(checkouts.accepted).toBeGreaterThan(5)
    },
  )
})
