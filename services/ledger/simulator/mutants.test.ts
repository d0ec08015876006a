import { expect, test } from 'vitest'
import { type MutantName, mutants } from './mutants.ts'
import { type Outcome, runSchedule } from './simulation.ts'

/** All of them are caught long before; most by the first few. */
const MAX_SCHEDULES = 1000

function firstFailure(name: MutantName): Outcome | undefined {
  for (let seed = 1; seed <= MAX_SCHEDULES; seed++) {
    const outcome = runSchedule(seed, mutants[name])
    if (outcome.failure) return outcome
  }
  return undefined
}

test.each(Object.keys(mutants) as MutantName[])(
  'a core that %s is caught, and on that seed the real one is not',
  (name) => {
    const caught = firstFailure(name)
    expect(caught?.failure).toMatchObject({ property: expect.any(String) })
    expect(runSchedule(caught?.seed ?? 0).failure).toBeNull()
  },
  120_000,
)
