// The same samples and the same queries in the installed Prometheus (Debian's is 2.42) and in the engine.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isPrometheusInstalled } from '../testing/real-prometheus.ts'
import { type BothEngines, startBothEngines } from './testing/both-engines.ts'
import { createDataset, DATASET_START_MS } from './testing/dataset.ts'
import { CHANGED_SINCE, OUR_OWN } from './testing/known-differences.ts'
import { PICKED_QUERIES } from './testing/picked-queries.ts'
import { randomVector } from './testing/query-generator.ts'
import { createRandom } from './testing/random.ts'

const GENERATED = 500
const dataset = createDataset(42)

test.runIf(process.env.CI === 'true')('prometheus and promtool are installed, as CI must have them', () => {
  expect(isPrometheusInstalled).toBe(true)
})

describe.skipIf(!isPrometheusInstalled)('as Prometheus answers (needs prometheus and promtool on the PATH)', () => {
  let both: BothEngines
  beforeAll(async () => {
    both = await startBothEngines(dataset)
  })
  afterAll(() => both?.stop())

  const between = DATASET_START_MS + 1_120_950
  const overTenMinutes = { startMs: between, endMs: between + 600_000, stepMs: 17_000 }

  test('picked queries, each at a time and over a range', async () => {
    const differences: string[] = []
    for (const query of PICKED_QUERIES) {
      for (const at of [{ timeMs: between }, overTenMinutes]) {
        const { difference } = await both.ask(query, at)
        if (difference) differences.push(`${query}: ${difference}`)
      }
    }
    expect(differences).toEqual([])
  })

  test.each([...CHANGED_SINCE, ...OUR_OWN])('$query differs: $reason', async ({ query, range, onTheGrid }) => {
    const timeMs = onTheGrid ? DATASET_START_MS + 1_120_000 : between
    expect((await both.ask(query, range ? overTenMinutes : { timeMs })).difference).toBeDefined()
  })

  test(`${GENERATED} generated queries, each at a time and over a range`, async () => {
    const random = createRandom(7)
    const differences: string[] = []
    let answered = 0
    for (let i = 0; i < GENERATED; i++) {
      const query = randomVector(random, 1 + random.below(3))
      const startMs = DATASET_START_MS + (600 + random.below(600)) * 1000 + 950
      const times = [{ timeMs: startMs }, { startMs, endMs: startMs + 600_000, stepMs: (5 + random.below(40)) * 1000 }]
      for (const at of times) {
        const { difference, isEmpty } = await both.ask(query, at)
        if (difference) differences.push(`${query} ${JSON.stringify(at)}: ${difference}`)
        if (!isEmpty) answered++
      }
    }
    expect(differences).toEqual([])
    // A comparison of nothing with nothing shows little.
    expect(answered).toBeGreaterThan(GENERATED)
  }, 120_000)
})
