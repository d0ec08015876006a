import { expect, test } from 'vitest'
import { runSchedule } from './simulation.ts'
import type { Happening } from './world.ts'

test('500 schedules: no property of the paper is violated, and all that was begun is done', () => {
  const outcomes = Array.from({ length: 500 }, (_, at) => runSchedule(at + 1))
  expect(outcomes.filter(({ failure }) => failure)).toEqual([])
  // Schedules in which nothing happens would show nothing.
  const sum = (figure: 'elections' | 'committed' | 'operations') =>
    outcomes.reduce((total, { figures }) => total + figures[figure], 0)
  expect(sum('elections')).toBeGreaterThan(1500)
  expect(sum('committed')).toBeGreaterThan(10_000)
  expect(sum('operations')).toBeGreaterThan(10_000)
}, 600_000)

test('the same seed gives the same schedule, happening by happening, watched or not', () => {
  const happeningsOf = (seed: number) => {
    const happenings: Happening[] = []
    const outcome = runSchedule(seed, {}, (happening) => happenings.push(happening))
    return { happenings, outcome }
  }
  const one = happeningsOf(7)
  expect(one.happenings.length).toBeGreaterThan(100)
  expect(happeningsOf(7)).toEqual(one)
  expect(runSchedule(7)).toEqual(one.outcome)
  expect(happeningsOf(8).happenings).not.toEqual(one.happenings)
})
