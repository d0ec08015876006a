// Whatever a target sends, the parser answers with samples or with an ExpositionError, soon, and reads the next exposition as if new.
import { expect, test } from 'vitest'
import type { LabelPair } from '../../promql/labels.ts'
import { NodeExposition } from '../bench/node-exposition.ts'
import { ExpositionError } from './exposition-error.ts'
import { type ExpositionFormat, ExpositionParser } from './exposition-parser.ts'

const PIECES = [
  '{',
  '}',
  '"',
  '\\',
  '\n',
  ' ',
  '\t',
  ',',
  '=',
  '#',
  '# EOF',
  '# {',
  'NaN',
  '1e',
  '-',
  'le',
  '_',
  'é',
  '\u0000',
  '',
  '# TYPE a b',
  '1'.repeat(50),
]

/** A small seeded generator (mulberry32): whole numbers below a limit. */
function seeded(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

const textOf = (pairs: readonly LabelPair[]) => JSON.stringify(pairs)

function outcome(parser: ExpositionParser<string>, body: string, format: ExpositionFormat): string {
  try {
    const samples = parser.parse(body, format)
    return JSON.stringify([
      samples.series,
      [...samples.values.subarray(0, samples.count)],
      [...samples.timestampsMs.subarray(0, samples.count)],
    ])
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error
    return error.message
  }
}

test.each([1, 2, 3, 4])('mutated expositions, seed %i', (seed) => {
  const random = seeded(seed)
  const source = new NodeExposition(seed)
  const whole = source.next()
  const lines = whole.split('\n').slice(0, 40)
  const used = new ExpositionParser(textOf)
  let accepted = 0
  for (let n = 0; n < 1500; n++) {
    const chosen = lines.filter(() => random(4) > 0)
    let body = `${chosen.join('\n')}\n# EOF\n`
    for (let mutation = random(4); mutation > 0; mutation--) {
      const at = random(body.length)
      body = body.slice(0, at) + (PIECES[random(PIECES.length)] ?? '') + body.slice(at + random(3))
    }
    // In runs, for a change of format forgets what is known.
    const format = n % 300 < 150 ? 'text' : 'openmetrics'
    const before = outcome(used, body, format)
    // What was read earlier changes nothing.
    expect(outcome(new ExpositionParser(textOf), body, format)).toBe(before)
    if (before.startsWith('[')) accepted++
  }
  expect(accepted).toBeGreaterThan(200)
})

test('long hostile texts end soon', () => {
  const parser = new ExpositionParser(textOf)
  for (const body of [
    '{'.repeat(1e6),
    'a{'.repeat(5e5),
    `a{b="${'\\'.repeat(1e6)}`,
    '\n'.repeat(1e6),
    `# TYPE ${'a'.repeat(1e6)} gauge`,
    'a '.repeat(5e5),
  ]) {
    const started = performance.now()
    outcome(parser, body, 'text')
    outcome(parser, body, 'openmetrics')
    expect(performance.now() - started).toBeLessThan(5000)
  }
})
