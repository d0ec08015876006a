import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { until } from '../../test/until.ts'
import { currentScope, withScope } from '../kit/http/deadline.ts'
import { defaultKindPolicy } from '../kit/policies/kind-policy.ts'
import { cacheReads } from './cache.ts'
import type { Product } from './contract.ts'
import type { ListQuery } from './domain.ts'
import type { ProductStore } from './store.ts'

const product = (id: string, stock: number): Product => ({
  id,
  name: id,
  category: 'audio',
  brand: 'Lumen',
  priceCents: 100,
  currency: 'USD',
  rating: 4,
  imageUrl: `/images/${id}.svg`,
  description: '',
  stock,
  tags: [],
})
const query: ListQuery = { category: 'audio', sort: 'relevance', limit: 10, offset: 0 }

/** A store whose stock counts the loads: every answer tells which load it is of. */
function countingStore() {
  const calls: string[] = []
  const note = (call: string) => calls.push(call)
  const store: ProductStore = {
    async listProducts(asked, readAfter) {
      const total = note(`list ${asked.search ?? asked.category} ${readAfter ?? ''}`)
      return { items: [], total, offset: asked.offset, limit: asked.limit }
    },
    async getProducts(ids, readAfter) {
      const stock = note(`batch ${ids} ${readAfter ?? ''}`)
      return ids.filter((id) => id !== 'p-9999').map((id) => product(id, stock))
    },
    async getProduct(id, readAfter) {
      const stock = note(`one ${id} ${readAfter ?? ''}`)
      return id === 'p-9999' ? undefined : product(id, stock)
    },
    async listCategories() {
      return [{ id: 'audio', name: 'Audio', products: note('categories') }]
    },
    reserveStock: async () => ({ kind: 'released' }),
    releaseStock: async () => {},
  }
  return { store, calls }
}

/** Not from 0: to the cache that would be no time at all. */
const nowMs = () => 1_000 + performance.now()

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

test('a product is loaded once for all who ask at the same time, and again when its time is over', async () => {
  const { store, calls } = countingStore()
  const cached = cacheReads(store, { random: () => 0.5, nowMs })
  const answers = await Promise.all([1, 2, 3].map(() => cached.getProduct('p-0001')))
  expect(answers.map((answer) => answer?.stock)).toEqual([1, 1, 1])
  vi.advanceTimersByTime(3_499)
  expect(await cached.getProduct('p-0001')).toMatchObject({ stock: 1 })
  vi.advanceTimersByTime(2)
  expect(await cached.getProduct('p-0001')).toMatchObject({ stock: 2 })
  expect(calls).toHaveLength(2)
})

test('what does not exist is remembered, too', async () => {
  const { store, calls } = countingStore()
  const cached = cacheReads(store)
  expect(await cached.getProduct('p-9999')).toBeUndefined()
  expect(await cached.getProduct('p-9999')).toBeUndefined()
  expect(await cached.getProducts(['p-9999'])).toEqual([])
  expect(calls).toHaveLength(1)
})

test('a page is kept by its whole query, categories for longer', async () => {
  const { store, calls } = countingStore()
  const cached = cacheReads(store, { random: () => 0, nowMs })
  for (const asked of [query, { ...query }, { ...query, offset: 10 }, { ...query, search: 'cup' }]) {
    await cached.listProducts(asked)
  }
  await cached.listCategories()
  vi.advanceTimersByTime(5_001)
  await cached.listProducts(query)
  await cached.listCategories()
  expect(calls).toEqual(['list audio ', 'list audio ', 'list cup ', 'categories', 'list audio '])
})

test('a batch takes what is known, asks for the rest at once, and keeps the order', async () => {
  const { store, calls } = countingStore()
  const cached = cacheReads(store)
  await cached.getProduct('p-0002')
  const items = await cached.getProducts(['p-0003', 'p-0002', 'p-9999', 'p-0001'])
  expect(items.map(({ id, stock }) => [id, stock])).toEqual([
    ['p-0003', 2],
    ['p-0002', 1],
    ['p-0001', 2],
  ])
  await cached.getProducts(['p-0001', 'p-0002', 'p-0003'])
  expect(calls).toEqual(['one p-0002 ', 'batch p-0003,p-9999,p-0001 '])
})

test('a read after a write goes past the cache, and leaves what it found', async () => {
  const { store, calls } = countingStore()
  const cached = cacheReads(store)
  await cached.getProduct('p-0001')
  await cached.listProducts(query)
  expect(await cached.getProduct('p-0001', '0/2')).toMatchObject({ stock: 3 })
  expect(await cached.getProducts(['p-0001'], '0/3')).toMatchObject([{ stock: 4 }])
  expect(await cached.listProducts(query, '0/4')).toMatchObject({ total: 5 })
  expect(await cached.getProduct('p-0001')).toMatchObject({ stock: 4 })
  expect(await cached.listProducts(query)).toMatchObject({ total: 5 })
  expect(calls.slice(2)).toEqual(['one p-0001 0/2', 'batch p-0001 0/3', 'list audio 0/4'])
})

test('whoever waits for a product gets it though another has left it meanwhile, and what is newer stays', async () => {
  const { store } = countingStore()
  let letGo: () => void = () => {}
  const slow = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const getProduct: ProductStore['getProduct'] = async (id, readAfter) => {
    const found = await store.getProduct(id, readAfter)
    if (readAfter === undefined) await slow
    return found
  }
  const cached = cacheReads({ ...store, getProduct }, { nowMs })
  const waiting = [cached.getProduct('p-0001'), cached.getProduct('p-0001')]
  await cached.getProducts(['p-0001'], '0/2')
  letGo()
  expect((await Promise.all(waiting)).map((answer) => answer?.stock)).toEqual([1, 1])
  expect(await cached.getProduct('p-0001')).toMatchObject({ stock: 2 })
})

test('a failure is not kept', async () => {
  const { store } = countingStore()
  let failing = true
  const getProduct: ProductStore['getProduct'] = (id) =>
    failing ? Promise.reject(new Error('the database is away')) : store.getProduct(id)
  const cached = cacheReads({ ...store, getProduct })
  await expect(cached.getProduct('p-0001')).rejects.toThrow('the database is away')
  failing = false
  expect(await cached.getProduct('p-0001')).toMatchObject({ id: 'p-0001' })
})

test('a request that ends does not take the shared query with it, and one that hangs is given up', async () => {
  const { store, calls } = countingStore()
  const signals: (AbortSignal | undefined)[] = []
  let letGo: () => void = () => {}
  const getProduct: ProductStore['getProduct'] = async (id) => {
    signals.push(currentScope()?.signal)
    await new Promise<void>((resolve) => {
      letGo = resolve
    })
    return store.getProduct(id)
  }
  const cached = cacheReads({ ...store, getProduct })
  const abort = new AbortController()
  const first = withScope({ deadlineAtMs: 0, signal: abort.signal }, () => cached.getProduct('p-0001'))
  const second = cached.getProduct('p-0001')
  abort.abort()
  expect(signals[0]?.aborted).toBe(false)
  letGo()
  expect(await second).toMatchObject({ id: 'p-0001' })
  expect(await first).toMatchObject({ id: 'p-0001' })
  expect(calls).toEqual(['one p-0001 '])

  const hanging = cached.getProduct('p-0002').catch((error: unknown) => error)
  await turn()
  vi.advanceTimersByTime(2_000)
  expect(await hanging).toMatchObject({ code: 'timeout' })
  vi.useRealTimers()
  const retried = cached.getProduct('p-0002')
  await until('the query to be sent again', () => signals.length === 3)
  letGo()
  expect(await retried).toMatchObject({ id: 'p-0002' })
})

test('without single flight each loads for himself, and what was loaded is kept', async () => {
  const { store, calls } = countingStore()
  const cached = cacheReads(store, { nowMs, policy: () => ({ ...defaultKindPolicy, singleFlight: false }) })
  await Promise.all([1, 2, 3].map(() => cached.getProduct('p-0001')))
  expect(calls).toHaveLength(3)
  await cached.getProduct('p-0001')
  expect(calls).toHaveLength(3)
})

test('without jitter, what was made together runs out together', async () => {
  const ranOut = async (ttlJitter: boolean) => {
    const { store, calls } = countingStore()
    let last = 0
    const random = () => (last = (last + 0.3) % 1)
    const cached = cacheReads(store, { random, nowMs, policy: () => ({ ...defaultKindPolicy, ttlJitter }) })
    const ids = ['p-0001', 'p-0002', 'p-0003']
    await Promise.all(ids.map((id) => cached.getProduct(id)))
    vi.advanceTimersByTime(3_499)
    await Promise.all(ids.map((id) => cached.getProduct(id)))
    const before = calls.length
    vi.advanceTimersByTime(2)
    await Promise.all(ids.map((id) => cached.getProduct(id)))
    return [before - 3, calls.length - before]
  }
  expect(await ranOut(false)).toEqual([0, 3])
  expect(await ranOut(true)).not.toEqual([0, 3])
})
