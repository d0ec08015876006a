import { expect, test } from 'vitest'
import { createRandom, exponential, intBetween, pick, pickWeighted, sample, seedFor, uuidOf } from './random.ts'

const draw = (seed: number, count = 10_000) => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random())
}
const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('the same seed gives the same numbers, another seed others, all in [0, 1)', () => {
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  expect(draw(3).every((value) => value >= 0 && value < 1)).toBe(true)
  expect(meanOf(draw(4))).toBeCloseTo(0.5, 1)
})

test('topics have seeds of their own', () => {
  const seeds = ['a', 'b', 'ab'].flatMap((topic) => [seedFor(1, topic), seedFor(2, topic), seedFor(1, topic, 1)])
  expect(new Set(seeds).size).toBe(seeds.length)
})

test('weights are shares, and a weight of 0 is never drawn', () => {
  const random = createRandom(5)
  const drawn = Array.from({ length: 9_000 }, () =>
    pickWeighted(random, ['a', 'b', 'c'], (one) => ({ a: 2, b: 1, c: 0 })[one] ?? 0),
  )
  expect(drawn.filter((one) => one === 'a').length / drawn.length).toBeCloseTo(2 / 3, 1)
  expect(drawn).not.toContain('c')
  expect(() => pickWeighted(random, ['a'], () => 0)).toThrow('no item has a weight')
  expect(() => pick(random, [])).toThrow('nothing to pick')
})

test('whole numbers reach both ends; samples hold each item once', () => {
  const random = createRandom(6)
  const numbers = new Set(Array.from({ length: 500 }, () => intBetween(random, 2, 5)))
  expect([...numbers].sort()).toEqual([2, 3, 4, 5])
  expect(sample(random, [1, 2, 3], 5).sort()).toEqual([1, 2, 3])
})

test('exponential gaps have the given mean and are finite', () => {
  const random = createRandom(7)
  const gaps = Array.from({ length: 20_000 }, () => exponential(random, 50))
  expect(meanOf(gaps) / 50).toBeCloseTo(1, 1)
  expect(exponential(() => 1 - Number.EPSILON / 2, 50)).toBeLessThan(Number.POSITIVE_INFINITY)
})

test('a UUID is one of version 4', () => {
  expect(uuidOf(createRandom(8))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
