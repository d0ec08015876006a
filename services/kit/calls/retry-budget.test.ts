import { expect, test } from 'vitest'
import { budgetCapacity, earn, newBudget, type RetryBudgetPolicy, spend } from './retry-budget.ts'

/** Simulates a load where every request wants one repeat; returns the share of requests that got one. */
function repeatedShare(policy: RetryBudgetPolicy, requestsPerS: number, seconds: number): number {
  let budget = newBudget(policy, 0)
  let repeats = 0
  const requests = requestsPerS * seconds
  for (let i = 1; i <= requests; i += 1) {
    budget = earn(budget, policy, (i * 1_000) / requestsPerS)
    const rest = spend(budget, policy)
    if (!rest) continue
    budget = rest
    repeats += 1
  }
  return repeats / requests
}

test.each([
  { retryBudget: true, retryBudgetRatio: 0.1, retryBudgetMinPerS: 0, requestsPerS: 100, share: 0.1 },
  { retryBudget: true, retryBudgetRatio: 0.1, retryBudgetMinPerS: 2, requestsPerS: 100, share: 0.12 },
  { retryBudget: true, retryBudgetRatio: 0, retryBudgetMinPerS: 2, requestsPerS: 100, share: 0.02 },
  { retryBudget: true, retryBudgetRatio: 0.1, retryBudgetMinPerS: 2, requestsPerS: 1, share: 1 },
  { retryBudget: true, retryBudgetRatio: 1, retryBudgetMinPerS: 0, requestsPerS: 100, share: 1 },
  { retryBudget: true, retryBudgetRatio: 0, retryBudgetMinPerS: 0, requestsPerS: 100, share: 0 },
])('$retryBudgetRatio and $retryBudgetMinPerS a second at $requestsPerS/s repeat $share of the requests', (row) => {
  expect(repeatedShare(row, row.requestsPerS, 600)).toBeCloseTo(row.share, 2)
})

test('starts full and saves up no more than its capacity', () => {
  const policy = { retryBudget: true, retryBudgetRatio: 0.1, retryBudgetMinPerS: 2 }
  expect(budgetCapacity(policy)).toBe(30)
  expect(newBudget(policy, 0).tokens).toBe(30)
  expect(earn({ tokens: 29, updatedAtMs: 0 }, policy, 3_600_000).tokens).toBe(30)
})

test('a smaller policy takes effect at the next request', () => {
  const full = newBudget({ retryBudget: true, retryBudgetRatio: 1, retryBudgetMinPerS: 10 }, 0)
  expect(earn(full, { retryBudget: true, retryBudgetRatio: 0, retryBudgetMinPerS: 0 }, 1).tokens).toBe(0)
})

test('a clock that stands still earns only the ratio', () => {
  expect(
    earn({ tokens: 0, updatedAtMs: 5 }, { retryBudget: true, retryBudgetRatio: 0.1, retryBudgetMinPerS: 9 }, 5).tokens,
  ).toBe(0.1)
})
