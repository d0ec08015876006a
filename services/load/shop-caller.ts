// How a shopper's browser calls the shop, whatever the control plane says of it.
import { setMaxListeners } from 'node:events'
import { type BalancedCallerDeps, createBalancedCaller } from '../kit/calls/balanced-caller.ts'
import type { CallResponse } from '../kit/calls/caller.ts'
import type { ControlDocument, Region } from '../kit/control/document.ts'
import { withScope } from '../kit/http/deadline.ts'
import { ScopeEnded } from '../kit/http/request-scope.ts'
import type { ShopRequest } from './action.ts'
import { browserPolicy, PATIENCE_MS } from './browser-policy.ts'

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
