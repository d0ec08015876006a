import { expect, test } from 'vitest'
import { hedge } from './hedge.ts'

/** Attempts that end when the test says so. */
function createAttempts() {
  const attempts: { signal: AbortSignal; end: (outcome: string) => void; fail: (error: Error) => void }[] = []
  const attempt = (signal: AbortSignal) =>
    new Promise<string>((end, fail) => {
      attempts.push({ signal, end, fail })
    })
  const started = async (count: number) => {
    const endMs = performance.now() + 5_000
    while (attempts.length < count && performance.now() < endMs) await new Promise((wait) => setTimeout(wait, 1))
    expect(attempts).toHaveLength(count)
  }
  return { attempts, attempt, started }
}

const options = { delayMs: 1, mayHedge: () => true, isGood: (outcome: string) => outcome !== 'bad' }

test('an attempt that is done in time stays alone', async () => {
  const { attempts, attempt } = createAttempts()
  const hedged = hedge(attempt, { ...options, delayMs: 60_000 })
  attempts[0]?.end('good')
  expect(await hedged).toEqual({ outcome: 'good', wonBy: 'only' })
  expect(attempts).toHaveLength(1)
})

test.each([
  ['first', 0, 1],
  ['hedge', 1, 0],
] as const)('the %s one wins when it is done, and the other is cancelled', async (name, winner, loser) => {
  const { attempts, attempt, started } = createAttempts()
  const hedged = hedge(attempt, options)
  await started(2)
  attempts[winner]?.end('good')
  expect(await hedged).toEqual({ outcome: 'good', wonBy: name })
  expect(attempts.map(({ signal }) => signal.aborted)[loser]).toBe(true)
})

test('a bad outcome waits for the other attempt', async () => {
  const { attempts, attempt, started } = createAttempts()
  const hedged = hedge(attempt, options)
  await started(2)
  attempts[0]?.end('bad')
  attempts[1]?.end('good')
  expect(await hedged).toEqual({ outcome: 'good', wonBy: 'hedge' })
})

test('when both are bad, the last one is the outcome; when the last one throws, that is', async () => {
  const one = createAttempts()
  const both = hedge(one.attempt, options)
  await one.started(2)
  one.attempts[1]?.end('bad')
  one.attempts[0]?.end('bad')
  expect(await both).toEqual({ outcome: 'bad', wonBy: 'first' })

  const other = createAttempts()
  const thrown = hedge(other.attempt, options)
  await other.started(2)
  other.attempts[0]?.end('bad')
  other.attempts[1]?.fail(new Error('broken'))
  await expect(thrown).rejects.toThrow('broken')
})

test('there is no second attempt where none is allowed', async () => {
  const { attempts, attempt } = createAttempts()
  let asked = 0
  const hedged = hedge(attempt, {
    ...options,
    mayHedge() {
      asked += 1
      attempts[0]?.end('good')
      return false
    },
  })
  expect(await hedged).toEqual({ outcome: 'good', wonBy: 'only' })
  expect([asked, attempts.length]).toEqual([1, 1])
})
