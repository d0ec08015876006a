// A cache stampede: an entry that many want runs out, and each asks the origin for himself; with single flight one does, for all.
import { request } from 'undici'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const NODE = 'products-na'
const CUSTOMERS = 24
const REBUILD_MS = 250
const QUERIES = 'db_client_operation_duration_seconds_count'

export const cacheStampede: Scenario = {
  id: 'cache-stampede',
  size: 'small',
  load: 0,
  async run(stage) {
    const origin = await stage.urlOf(NODE)
    await wave(stage, origin)
    const warm = await wave(stage, origin)
    stage.expect('no query while the entry is there', warm.queries === 0, warm)

    const parameters = { expireEveryS: 60, rebuildMs: REBUILD_MS }
    const id = await stage.inject('cache-stampede', { target: 'products', parameters })
    const together = await wave(stage, origin)
    stage.expect('one query for everybody', together.queries === 1, together)

    await stage.setPolicies({ name: 'singleFlight', value: false })
    // Another interval begins with everything running out, now.
    await stage.control.changeFault({
      params: { id },
      body: { parameters: { expireEveryS: 59, rebuildMs: REBUILD_MS } },
    })
    const alone = await wave(stage, origin)
    stage.expect('a query for each', alone.queries === CUSTOMERS, alone)
    stage.expect('longer waits, behind all the others', alone.lastMs > together.lastMs, { together, alone })

    await stage.setPolicies({ name: 'singleFlight', value: true })
    await stage.control.changeFault({ params: { id }, body: { parameters } })
    const again = await wave(stage, origin)
    stage.expect('one query again', again.queries === 1, again)
    stage.note('queries for one expiry', `${CUSTOMERS} customers: 1 with single flight, ${alone.queries} without`)
    stage.note('the last of them waited', `${together.lastMs.toFixed(0)} ms, ${alone.lastMs.toFixed(0)} ms without`)
  },
}

/** Everybody asks for the same at the same time. */
async function wave(stage: Stage, origin: string): Promise<{ queries: number; lastMs: number }> {
  const count = () => stage.told(NODE, QUERIES, { db_collection_name: 'products', db_operation_name: 'SELECT' })
  const before = await count()
  const startMs = performance.now()
  const statuses = await Promise.all(
    Array.from({ length: CUSTOMERS }, async () => {
      const { statusCode, body } = await request(`${origin}/products/p-0007`)
      await body.dump()
      return statusCode
    }),
  )
  const lastMs = performance.now() - startMs
  stage.expect(
    'every answer to be good',
    statuses.every((status) => status === 200),
    statuses,
  )
  return { queries: (await count()) - before, lastMs }
}
