import { expect, test } from 'vitest'
import { z } from 'zod'
import { choice, count, flag, quantity } from './parameters.ts'

const range = { min: 0, max: 10, default: 3, unit: 'seconds', what: 'until it ends' }

test('numbers come as numbers or as text that says one', () => {
  expect(quantity(range).parse(0.5)).toBe(0.5)
  expect(quantity(range).parse('0.5')).toBe(0.5)
  expect(count(range).parse(' 7 ')).toBe(7)
  expect(quantity(range).parse(undefined)).toBe(3)
})

test.each([true, false, null, '', ' ', 'x', '1s', [], [2], {}, 11, -1, '11', Number.NaN])(
  '%j is no number of seconds',
  (given) => {
    expect(() => quantity(range).parse(given)).toThrow('must be a number of seconds from 0 to 10')
    expect(() => count(range).parse(given)).toThrow('must be a whole number of seconds from 0 to 10')
  },
)

test('a part of one is no whole number', () => {
  expect(() => count(range).parse('0.5')).toThrow('must be a whole number of seconds from 0 to 10')
})

test('a choice of digits may come as a number', () => {
  const status = choice(['503', '500'], 'what is answered')
  expect([undefined, '500', 500].map((given) => status.parse(given))).toEqual(['503', '500', '500'])
  for (const given of [404, '', true]) expect(() => status.parse(given)).toThrow('must be one of 503, 500')
})

test('a switch comes as one or as its word', () => {
  expect([undefined, true, 'true', 'false'].map((given) => flag(false, 'both ways').parse(given))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(() => flag(false, 'both ways').parse(2)).toThrow('must be true or false')
})

test('range, unit and default are told as JSON Schema', () => {
  expect(z.toJSONSchema(quantity(range), { io: 'output' })).toMatchObject({
    type: 'number',
    minimum: 0,
    maximum: 10,
    default: 3,
    unit: 'seconds',
  })
  expect(z.toJSONSchema(choice(['a', 'b'], 'which'), { io: 'output' })).toMatchObject({
    type: 'string',
    enum: ['a', 'b'],
    default: 'a',
  })
})
