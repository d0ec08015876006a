import { expect, test } from 'vitest'
import { type Candidate, chooseReplica } from './balancer.ts'

type Named = Candidate & { name: string }

/** `a0:2` is replica a at distance 0 with 2 in flight; `!` at the end: ejected. */
function parse(text: string): Named[] {
  return text.split(' ').map((part) => {
    const [, name = '', distance, inFlight, ejected] = /^([a-z])(\d+):(\d+)(!?)$/.exec(part) ?? []
    return { name, distance: Number(distance), inFlight: Number(inFlight), ejected: ejected === '!' }
  })
}

/** The names that are ever chosen, over a grid of random numbers. */
function choices(text: string, triedNames = ''): string {
  const candidates = parse(text)
  const tried = candidates.filter(({ name }) => triedNames.includes(name))
  const chosen = new Set<string>()
  for (let i = 0; i < 10; i += 1) {
    for (let j = 0; j < 10; j += 1) {
      const numbers = [i / 10, j / 10]
      chosen.add(chooseReplica(candidates, tried, () => numbers.shift() ?? 0)?.name ?? '-')
    }
  }
  return [...chosen].sort().join('')
}

test.each([
  ['all that are near', 'a0:0 b0:0 c0:0', '', 'abc'],
  ['never the busiest', 'a0:0 b0:5 c0:9', '', 'ab'],
  ['only the less busy of two', 'a0:3 b0:2', '', 'b'],
  ['the nearest before the idle', 'a0:50 b46:0', '', 'a'],
  ['the nearest of the others', 'a0:0! b46:0 c76:0', '', 'b'],
  ['another one than before', 'a0:0 b0:9', 'a', 'b'],
  ['another one, even far away', 'a0:0 b46:0', 'a', 'b'],
  ['the same again when it is the only one', 'a0:0', 'a', 'a'],
  ['the same again rather than an ejected one', 'a0:0 b0:0!', 'a', 'a'],
  ['not the ejected', 'a0:0! b0:9 c0:9', '', 'bc'],
  ['any when all are ejected', 'a0:0! b0:0!', '', 'ab'],
  ['another one when all are ejected', 'a0:0! b0:0!', 'b', 'a'],
])('%s', (_, candidates, tried, expected) => {
  expect(choices(candidates, tried)).toBe(expected)
})

test('none of none', () => {
  expect(chooseReplica([], [], Math.random)).toBeUndefined()
})
