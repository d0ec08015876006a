// A stampede as the fault makes it: everything runs out at once while many ask. With single flight there is one query, without it many.
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { CacheFaults } from '../kit/faults/cache-faults.ts'
import { active } from '../kit/faults/test-fault.ts'
import { defaultKindPolicy } from '../kit/policies/kind-policy.ts'
import { cacheReads } from './cache.ts'
import type { ProductStore } from './store.ts'

const stampede = active('cache-stampede', { expireEveryS: 60, rebuildMs: 400 })
const CUSTOMERS = 40

const points: CacheFaults[] = []
afterEach(() => {
  for (const point of points.splice(0)) point.close()
})

/** Warms the cache, injects the fault, and has everybody ask for the list of categories at the same time. */
async function queriesUnderStampede(
  singleFlight: boolean,
): Promise<{ warm: number; queries: number; answers: number }> {
  let queries = 0
  const waiting: (() => void)[] = []
  let isSlow = false
  const store = {
    async listCategories() {
      queries += 1
      if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve))
      return [{ id: 'audio', name: 'Audio', products: queries }]
    },
  } as unknown as ProductStore
  const caches = new CacheFaults()
  points.push(caches)
  const cached = cacheReads(store, {
    policy: () => ({ ...defaultKindPolicy, singleFlight }),
    caches,
  })
  await cached.listCategories()
  await cached.listCategories()
  const warm = queries
  isSlow = true
  caches.apply([stampede])
  const asked = Array.from({ length: CUSTOMERS }, () => cached.listCategories())
  while (waiting.length === 0) await turn()
  await turn()
  for (const answer of waiting.splice(0)) answer()
  const answers = await Promise.all(asked)
  return { warm, queries: queries - warm, answers: answers.length }
}

test('with single flight one query answers everybody', async () => {
  expect(await queriesUnderStampede(true)).toEqual({ warm: 1, queries: 1, answers: CUSTOMERS })
})

test('without it each customer makes one of his own', async () => {
  expect(await queriesUnderStampede(false)).toEqual({ warm: 1, queries: CUSTOMERS, answers: CUSTOMERS })
})
