import { expect, test } from 'vitest'
import { type Chosen, interpolate } from './interpolate.ts'

const scope = { startMs: 1_000_000, endMs: 1_900_000, stepMs: 5_000 }

test.each<[string, Record<string, Chosen>, string]>([
  ['a{b=~"$x"}', { x: 'one' }, 'a{b=~"one"}'],
  [`a{b=~"\${x}"}`, { x: ['one'] }, 'a{b=~"one"}'],
  ['a{b=~"$x"}', { x: ['one', 't.o'] }, 'a{b=~"(one|t\\\\.o)"}'],
  ['a{b=~"$x"}', { x: { allValue: '.*' } }, 'a{b=~".*"}'],
  ['a{b=~"$x"}', { x: '/api/{*path}' }, 'a{b=~"/api/\\\\{\\\\*path\\\\}"}'],
  [`\${x:regex}`, { x: ['a.b', 'c'] }, '(a\\.b|c)'],
  ['$x_y $x', { x: '1', x_y: '2' }, '2 1'],
  ['label_replace(a, "b", "$1", "c", "(.*)")', {}, 'label_replace(a, "b", "$1", "c", "(.*)")'],
  ['rate(a[$__rate_interval]) [$__interval] [$__range]', {}, 'rate(a[20s]) [5s] [900s]'],
  [`$__from \${__to}`, {}, '1000000 1900000'],
])('%s with %j', (text, variables, wanted) => {
  expect(interpolate(text, variables, scope)).toBe(wanted)
})

test('a rate spans a step and a scrape when that is more than four scrapes', () => {
  expect(interpolate('$__rate_interval', {}, { ...scope, stepMs: 60_000 })).toBe('65s')
})

test.each([
  ['a{b=~"$unknown"}', 'no value for $unknown'],
  [`\${x:json}`, 'the format json is not known'],
])('%s is refused', (text, message) => {
  expect(() => interpolate(text, { x: '1' }, scope)).toThrow(message)
})
