// A customer of a running shop, over HTTP at the frontdoor, for tests and benchmarks. Every answer comes with its trace.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'

const PENDING_AT_MOST_MS = 30_000
const ASK_AGAIN_MS = 300

export type Answer<T = unknown> = {
  status: number
  body: T
  traceId: string
  headers: Record<string, string | string[] | undefined>
}

export type Customer = ReturnType<typeof createCustomer>

export const goodCard = { number: '4242424242424242', expiryMonth: 12, expiryYear: 2099, cvc: '123' }
export const decliningCard = { ...goodCard, number: '4000000000000002' }
const address = {
  name: 'Ada Lovelace',
  street: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4LB',
  country: 'GB',
}

/** @param shop URL of the frontdoor */
export function createCustomer(shop: string, region: 'na' | 'eu' | 'asia' = 'na') {
  let token: string | undefined
  let readAfter: string | undefined

  async function send<T = unknown>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await request(`${shop}${path}`, {
      method,
      headers: {
        'x-customer-region': region,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(readAfter ? { 'x-read-after': readAfter } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headersTimeout: 30_000,
    })
    const text = await response.body.text()
    const json = String(response.headers['content-type'] ?? '').includes('json')
    const position = response.headers['x-read-after']
    if (typeof position === 'string') readAfter = position
    // The caller names the shape that the contract promises; the tests compare it.
    return {
      status: response.statusCode,
      body: (json && text ? JSON.parse(text) : text) as T,
      traceId: String(response.headers['x-trace-id'] ?? ''),
      headers: response.headers,
    }
  }

  const tryCheckOut = (options: { key?: string; card?: typeof goodCard } = {}) =>
    send<OrderBody>(
      'POST',
      '/api/checkout',
      { card: options.card ?? goodCard, address },
      { 'idempotency-key': options.key ?? randomUUID() },
    )

  return {
    send,
    async signUp() {
      const email = `test-${randomUUID()}@example.com`
      const answer = await send<{ token: string; user: { id: string } }>('POST', '/api/users', {
        email,
        password: 'correct horse battery',
        name: 'Ada Lovelace',
        region,
      })
      token = answer.body.token
      return answer
    },
    putIntoBasket: (productId: string, quantity = 1) => send('PUT', `/api/basket/items/${productId}`, { quantity }),
    /** One request: its answer may be an honest "payment pending" (202). */
    tryCheckOut,
    /** Checks out and, while the payment is pending, asks again with the same key as a browser would: a promise has to come true. */
    async checkOut(options: { key?: string; card?: typeof goodCard } = {}) {
      const key = options.key ?? randomUUID()
      const endMs = performance.now() + PENDING_AT_MOST_MS
      for (;;) {
        const answer = await tryCheckOut({ ...options, key })
        if (answer.status !== 202 || performance.now() > endMs) return answer
        await delay(ASK_AGAIN_MS)
      }
    },
    order: (id: string) => send<OrderBody>('GET', `/api/orders/${id}`),
    /** Logs out on this side only: what a customer without a session sees. */
    forgetSession() {
      token = undefined
    },
  }
}

export type OrderBody = {
  id: string
  status: string
  totalCents: number
  code?: string
  orderId?: string
  trackingNumber: string | null
}
