import { expect, test, vi } from 'vitest'
import { ShopError } from './shop-client.ts'
import { isSessionEnded, withSession } from './shop-session.ts'

const ended = new ShopError(401, 'session_invalid', 'log in again')

/** The first answers, in order; the last is given from then on. */
async function runs(isOpen: boolean, ...answers: (Error | string)[]) {
  const begin = vi.fn(async () => {})
  const told: boolean[] = []
  const outcome = await withSession({ isOpen: () => isOpen, begin }, async (isNew) => {
    told.push(isNew)
    const answer = answers[Math.min(told.length, answers.length) - 1]
    if (answer instanceof Error) throw answer
    return answer
  }).catch((error: Error) => error)
  return { outcome, told, begun: begin.mock.calls.length }
}

test('without a session one begins first', async () => {
  expect(await runs(false, 'done')).toEqual({ outcome: 'done', told: [true], begun: 1 })
})

test('one that holds is used', async () => {
  expect(await runs(true, 'done')).toEqual({ outcome: 'done', told: [false], begun: 0 })
})

test('one that has ended is replaced, once', async () => {
  expect(await runs(true, ended, 'done')).toEqual({ outcome: 'done', told: [false, true], begun: 1 })
  expect(await runs(true, ended)).toEqual({ outcome: ended, told: [false, true], begun: 1 })
  expect(await runs(false, ended)).toEqual({ outcome: ended, told: [true], begun: 1 })
})

test('other failures are no reason for a new one', async () => {
  const broken = new ShopError(503, 'unavailable', 'later')
  expect(await runs(true, broken)).toEqual({ outcome: broken, told: [false], begun: 0 })
  expect(isSessionEnded(new ShopError(401, 'wrong_credentials', 'no'))).toBe(false)
})
