// How a shopper's browser calls the shop: one attempt a request, no breaker, patience of ten seconds.
import { setMaxListeners } from 'node:events'
import { type BalancedCallerDeps, createBalancedCaller } from '../kit/calls/balanced-caller.ts'
import type { CallResponse } from '../kit/calls/caller.ts'
import type { CallPolicy } from '../kit/calls/policy.ts'
import type { ControlDocument, Region } from '../kit/control/document.ts'
import { withScope } from '../kit/http/deadline.ts'
import { ScopeEnded } from '../kit/http/request-scope.ts'
import type { ShopRequest } from './action.ts'
import { MAX_IN_FLIGHT } from './engine.ts'

const PATIENCE_MS = 10_000

const browserPolicy: Partial<CallPolicy> = {
  timeoutMs: PATIENCE_MS,
  maxAttempts: 1,
  ejectAfter: 0,
  breakerThreshold: 2,
  maxConcurrent: MAX_IN_FLIGHT,
}

export type ShopCaller = {
  send(request: ShopRequest, region: Region): Promise<CallResponse>
  /** Cuts what is in flight after `graceMs`; resolves when nothing is. */
  close(graceMs: number): Promise<void>
}

/** What the control plane says of the frontdoor's policy goes before a browser's habits. */
export function createShopCaller({
  control,
  log,
  metrics,
}: Pick<BalancedCallerDeps, 'control' | 'log' | 'metrics'>): ShopCaller {
  const adjust = (document: ControlDocument): ControlDocument => ({
    ...document,
    policies: { ...document.policies, frontdoor: { ...browserPolicy, ...document.policies.frontdoor } },
  })
  const caller = createBalancedCaller({
    callee: 'frontdoor',
    from: 'global',
    control: {
      document: () => adjust(control.document()),
      onChange: (listener) => control.onChange((document) => listener(adjust(document))),
    },
    log,
    ...(metrics ? { metrics } : {}),
  })
  const leaving = new AbortController()
  // Every request in flight listens to it.
  setMaxListeners(0, leaving.signal)
  return {
    send: (request, region) =>
      withScope({ deadlineAtMs: performance.now() + PATIENCE_MS, signal: leaving.signal }, () =>
        caller.call({ ...request, headers: { ...request.headers, 'x-customer-region': region } }),
      ),
    async close(graceMs) {
      const cut = setTimeout(() => leaving.abort(new ScopeEnded('cancelled')), graceMs)
      await caller.close()
      clearTimeout(cut)
    },
  }
}
