// The injection point "inbound request": decides when a request arrives, inside its server span, and leaves it to the app to carry that out
// where the handler would begin. Health checks and scrapes do not come by here.
import type { IncomingMessage } from 'node:http'
import { currentCustomerRegion } from '../../../otel/sdk/customer-region.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { withScope } from '../http/deadline.ts'
import { setFate } from '../http/fate.ts'
import { Deciders } from './deciders.ts'

export class InboundFaults {
  readonly #deciders: Deciders<'inbound'>

  constructor(node: string) {
    this.#deciders = new Deciders('inbound', node)
  }

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
  }

  /** Calls `serve`, with the fate of the request noted on it when something is active. */
  pass(request: IncomingMessage, serve: () => void): void {
    if (this.#deciders.all.length === 0) {
      serve()
      return
    }
    const nowMs = performance.now()
    const event = {
      method: request.method ?? '',
      path: (request.url ?? '').split('?')[0] ?? '',
      customerRegion: currentCustomerRegion(),
    }
    const verdicts = this.#deciders.all.map(({ act, active, random, beganAtMs }) =>
      act({ ...event, sinceMs: nowMs - beganAtMs }, active.parameters, random),
    )
    const delayMs = verdicts.reduce((sum, { delayMs = 0 }) => sum + delayMs, 0)
    const status = verdicts.find((verdict) => verdict.status !== undefined)?.status
    if (delayMs > 0 || status !== undefined) setFate(request, { delayMs, status })
    if (verdicts.some(({ unstoppable }) => unstoppable)) withScope(endless(), serve)
    else serve()
  }
}

/** A scope that neither a deadline nor a client ends. */
function endless() {
  return { deadlineAtMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal }
}
