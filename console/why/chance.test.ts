import { expect, test } from 'vitest'
import { chanceOfAtLeast, type Draw, logFactorials } from './chance.ts'

const logs = logFactorials(2_000)

test.each<[string, number, Draw, number]>([
  ['all four cups of eight (Fisher, 1935)', 4, { all: 8, having: 4, group: 4 }, 1 / 70],
  ['three of them or more', 3, { all: 8, having: 4, group: 4 }, 17 / 70],
  ['the one that has it, in a group of one', 1, { all: 200, having: 1, group: 1 }, 1 / 200],
  ['the one that has it, in a group of five', 1, { all: 200, having: 1, group: 5 }, 5 / 200],
  ['none or more', 0, { all: 200, having: 7, group: 5 }, 1],
  ['more than have it', 3, { all: 200, having: 2, group: 5 }, 0],
  ['what cannot be otherwise', 2, { all: 10, having: 7, group: 5 }, 1],
  ['an ace among five cards of 2,000 with 4', 1, { all: 2_000, having: 4, group: 5 }, 0.009_97],
])('%s', (_, count, draw, expected) => {
  expect(chanceOfAtLeast(count, draw, logs)).toBeCloseTo(expected, 6)
})

test('either tail and the other make one', () => {
  const draw = { all: 300, having: 40, group: 25 }
  const others = { ...draw, group: draw.all - draw.group }
  for (let count = 0; count <= 25; count++) {
    const fewer = chanceOfAtLeast(draw.having - count + 1, others, logs)
    expect(chanceOfAtLeast(count, draw, logs) + fewer).toBeCloseTo(1, 9)
  }
})
