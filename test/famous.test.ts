// Famous failures on a real cluster: a part of them each day, as scenarios.ts has it; `FAULTLINE_SEED_DATE` chooses the day and
// `FAULTLINE_ALL=1` all of them. `npm run faults:famous` plays them with their figures.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterSize } from '../cluster/topology/nodes.ts'
import { dayNumber, wantsAll } from './day.ts'
import { play, type Scenario } from './famous/scenario.ts'
import { days, scenarios, scenariosOf } from './famous/scenarios.ts'
import { type RunningCluster, startTestCluster } from './running-cluster.ts'

const chosen = wantsAll(process.env) ? scenarios : scenariosOf(dayNumber(process.env))

test('each day has scenarios of one size, and days on end have all of them', () => {
  for (const day of days) expect(new Set(day.map(({ size }) => size)).size).toBe(1)
  const from = dayNumber(process.env)
  const played = new Set(days.flatMap((_, index) => scenariosOf(from + index)))
  expect(played).toEqual(new Set(scenarios))
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length)
})

describe.each(sizesOf(chosen))('%s cluster', (size) => {
  let running: RunningCluster
  beforeAll(async () => {
    running = await startTestCluster({ size })
  }, 120_000)
  afterAll(() => running?.stop())

  test.each(chosen.filter((scenario) => scenario.size === size).map((scenario) => [scenario.id, scenario] as const))(
    '%s',
    async (_id, scenario) => {
      const { failure, figures } = await play(running.cluster, scenario)
      expect(failure, figures.map(({ what, value }) => `${what}: ${value}`).join('\n')).toBeUndefined()
    },
    360_000,
  )
})

function sizesOf(some: readonly Scenario[]): ClusterSize[] {
  return [...new Set(some.map(({ size }) => size))]
}
