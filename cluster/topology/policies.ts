// Timeouts that fit into one another: an outer call outlasts the repeats of the inner ones, so that who is nearest to a failure deals with it.
import type { CallPolicy } from '../../services/kit/calls/policy.ts'
import { browserPolicy } from '../../services/load/browser-policy.ts'
import type { NodeKind } from './kinds.ts'

export type CallPolicies = Partial<Record<NodeKind, Partial<Record<NodeKind, Partial<CallPolicy>>>>>

/** Overrides of the kit's default policy, by kind of caller and kind of callee. */
export const callPolicies: CallPolicies = {
  load: { frontdoor: browserPolicy },
  frontdoor: { edge: { timeoutMs: 8_000 } },
  edge: { gateway: { timeoutMs: 6_000 }, media: { timeoutMs: 2_000 } },
  gateway: { orders: { timeoutMs: 4_000 }, users: { timeoutMs: 2_000 }, recommendations: { timeoutMs: 2_000 } },
  // A checkout says "payment pending" sooner than it waits for a ledger without a majority.
  payments: { ledger: { maxAttempts: 2 } },
  // Raft repeats by itself, knows who is there, and needs to be heard the moment a node is back.
  ledger: { ledger: { maxAttempts: 1, outlierEjection: false, breaker: false, maxConcurrent: 1_000 } },
  fulfilment: { orders: { timeoutMs: 2_000 } },
}
