// A token bucket that keeps repeats a small share of all requests, so that repeating never multiplies an overload. Pure.
// https://sre.google/sre-book/handling-overload/ ("per-client retry budget")

export type RetryBudget = { tokens: number; updatedAtMs: number }

export type RetryBudgetPolicy = { retryBudget: boolean; retryBudgetRatio: number; retryBudgetMinPerS: number }

/** Unused budget is kept for about this long. */
const reserveS = 10
/** Requests whose share of budget may be saved up. */
const reserveRequests = 100

export function budgetCapacity(policy: RetryBudgetPolicy): number {
  return policy.retryBudgetMinPerS * reserveS + policy.retryBudgetRatio * reserveRequests
}

/** A full bucket: a node that has just started may repeat, too. */
export function newBudget(policy: RetryBudgetPolicy, nowMs: number): RetryBudget {
  return { tokens: budgetCapacity(policy), updatedAtMs: nowMs }
}

/** A request earns its ratio of a repeat, the time since the last one its minimum. */
export function earn(budget: RetryBudget, policy: RetryBudgetPolicy, nowMs: number): RetryBudget {
  const sinceS = Math.max(0, nowMs - budget.updatedAtMs) / 1_000
  const earned = policy.retryBudgetRatio + sinceS * policy.retryBudgetMinPerS
  return { tokens: Math.min(budget.tokens + earned, budgetCapacity(policy)), updatedAtMs: nowMs }
}

/** The bucket after one repeat, or undefined when there is none to spend. Where no budget is kept, repeats cost nothing. */
export function spend(budget: RetryBudget, policy: RetryBudgetPolicy): RetryBudget | undefined {
  if (!policy.retryBudget) return budget
  return budget.tokens < 1 ? undefined : { ...budget, tokens: budget.tokens - 1 }
}
