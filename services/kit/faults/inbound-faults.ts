// The injection point "inbound request": between a request's arrival and whoever serves it, inside its server span.
// Health checks and scrapes do not come by here.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { currentCustomerRegion } from '../../../otel/sdk/customer-region.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { withScope } from '../http/deadline.ts'
import { Deciders } from './deciders.ts'

export class InboundFaults {
  readonly #deciders: Deciders<'inbound'>

  constructor(node: string) {
    this.#deciders = new Deciders('inbound', node)
  }

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
  }

  /** Calls `serve`, at once when nothing is active; later, or not at all, when a fault says so. */
  pass(request: IncomingMessage, response: ServerResponse, serve: () => void): void {
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
    const unstoppable = verdicts.some((verdict) => verdict.unstoppable)
    const go = () => {
      if (response.destroyed && !unstoppable) return
      if (status !== undefined) refuse(response, status)
      else if (unstoppable) withScope(endless(), serve)
      else serve()
    }
    if (delayMs > 0) setTimeout(go, delayMs)
    else go()
  }
}

/** A scope that neither a deadline nor a client ends. */
function endless() {
  return { deadlineAtMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal }
}

/** As any failure of a service looks to its caller. */
function refuse(response: ServerResponse, status: number): void {
  const problem = { type: 'about:blank', title: 'Internal Server Error', status, code: 'internal' }
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
}
