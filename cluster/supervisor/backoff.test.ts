import { expect, test } from 'vitest'
import { afterDeath, type Deaths, noDeaths } from './backoff.ts'

function waits(lives: number[]): number[] {
  let deaths: Deaths = noDeaths
  return lives.map((livedMs) => {
    const next = afterDeath(deaths, livedMs)
    deaths = next.deaths
    return next.waitMs
  })
}

test.each([
  ['the first death', [50], [100]],
  ['death after death', [50, 50, 50, 50], [100, 200, 400, 800]],
  ['never more than five seconds', Array(9).fill(50), [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]],
  ['a long life forgives', [50, 50, 60_000, 50], [100, 200, 100, 200]],
])('%s', (_name, lives, expected) => {
  expect(waits(lives)).toEqual(expected)
})
