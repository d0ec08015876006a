// Random text and random valid queries: an answer or a QueryError, in bounded time and memory, never anything else.

import { expect, test } from 'vitest'
import { createEngine } from './engine.ts'
import { parseQuery } from './language/parser.ts'
import { printExpr } from './language/print.ts'
import { QueryError } from './query-error.ts'
import { createDataset, DATASET_START_MS } from './testing/dataset.ts'
import { createMemoryStorage } from './testing/memory-storage.ts'
import { randomVector } from './testing/query-generator.ts'
import { createRandom, type Random } from './testing/random.ts'

const FRAGMENTS = [
  ...'(){}[],:=!~<>+-*/%^@#"\'`\\ \n\t$;|&?.',
  ...'sum by without on ignoring group_left group_right bool offset and or unless atan2 start() end() rate increase'.split(
    ' ',
  ),
  ...'topk count_values quantile histogram_quantile label_replace absent vector scalar time() up temperature nope'.split(
    ' ',
  ),
  ...'5m 1h30m 0x1f 1e9 NaN Inf 1_000 .5 "a" \'b\' `c` =~ !~ == != >= <= [5m] [5m:1m] {a="b"} {a=~"("} é 漢 😀 \u0000 \ud800'.split(
    ' ',
  ),
]

function randomText(random: Random): string {
  let text = ''
  for (let n = 1 + random.below(25); n > 0; n--) text += random.pick(FRAGMENTS) + random.pick(['', '', ' '])
  return text
}

/** A valid query with a few characters removed, doubled or replaced. */
function damaged(random: Random): string {
  let text = randomVector(random, 3)
  for (let n = 1 + random.below(3); n > 0; n--) {
    const at = random.below(text.length)
    text =
      text.slice(0, at) + random.pick(['', text[at] ?? '', random.pick(FRAGMENTS)]) + text.slice(at + random.below(3))
  }
  return text
}

const storage = createMemoryStorage()
for (const { labels, samples } of createDataset(3)) {
  for (const [timeMs, value] of samples.slice(0, 60)) storage.append(labels, timeMs, value)
}
const limits = { timeoutMs: 5_000, maxSamples: 2_000_000 }
const engine = createEngine({ storage, limits })

/** Whether there was an answer. Anything but a QueryError is thrown on. */
async function survives(query: string): Promise<boolean> {
  const timeMs = DATASET_START_MS + 300_950
  try {
    await engine.instantQuery({ query, timeMs })
    await engine.rangeQuery({ query, startMs: timeMs, endMs: timeMs + 60_000, stepMs: 15_000 })
    return true
  } catch (error) {
    if (error instanceof QueryError) return false
    throw new Error(`${JSON.stringify(query)} broke the engine`, { cause: error })
  }
}

test('random text is answered or refused', async () => {
  const random = createRandom(11)
  let answered = 0
  for (let i = 0; i < 6_000; i++) if (await survives(i % 2 === 0 ? randomText(random) : damaged(random))) answered++
  expect(answered).toBeGreaterThan(0)
})

test('random valid queries are answered, and printing them changes nothing', async () => {
  const random = createRandom(12)
  let answered = 0
  for (let i = 0; i < 1_500; i++) {
    const query = randomVector(random, 4)
    const printed = printExpr(parseQuery(query))
    expect(printExpr(parseQuery(printed))).toBe(printed)
    if (await survives(query)) answered++
  }
  // The others fail for their matching or their labels.
  expect(answered).toBeGreaterThan(500)
})

test.each([
  'vector(1)[290y:1ms]',
  'sum_over_time(vector(1)[1000d:1s])',
  'max_over_time(up[250y:1ms])',
  'sum_over_time(up[290y:1ms] offset 100y)',
  '('.repeat(100_000),
  `up${' + up'.repeat(30_000)}`,
  `{a=~"${'x'.repeat(20_000)}+"}`,
  `{a=~"${'(a{1,100}){1,100}'.repeat(3)}"}`,
])('a greedy query is refused: %.40s', async (query) => {
  expect(await survives(query)).toBe(false)
})

test.each([
  `{instance=~"${'(x+x+)+'.repeat(500)}y"}`,
  `label_replace(up, "x", "$1", "instance", "${'(a*)*'.repeat(500)}b")`,
  `${'sum_over_time('.repeat(12)}up[5m:1m]${')[1h:1m]'.repeat(12)}`,
  `up${' + up'.repeat(390)}`,
  `${'max_over_time('.repeat(12)}up[5m:10s]${')[5m:10s]'.repeat(11)})`,
])('a tangled query comes to an end: %.40s', async (query) => {
  await survives(query)
})
