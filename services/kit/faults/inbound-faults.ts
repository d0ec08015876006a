// The injection point "inbound request": between a request's arrival and whoever serves it, inside its server span.
// Health checks and scrapes do not come by here.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ActiveFault } from '../control/active-fault.ts'
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
    const event = { method: request.method ?? '', path: (request.url ?? '').split('?')[0] ?? '' }
    const verdicts = this.#deciders.all.map(({ act, active, random }) => act(event, active.parameters, random))
    const delayMs = verdicts.reduce((sum, { delayMs = 0 }) => sum + delayMs, 0)
    const status = verdicts.find((verdict) => verdict.status !== undefined)?.status
    const go = () => {
      if (response.destroyed) return
      if (status === undefined) serve()
      else refuse(response, status)
    }
    if (delayMs > 0) setTimeout(go, delayMs)
    else go()
  }
}

/** As any failure of a service looks to its caller. */
function refuse(response: ServerResponse, status: number): void {
  const problem = { type: 'about:blank', title: 'Internal Server Error', status, code: 'internal' }
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
}
