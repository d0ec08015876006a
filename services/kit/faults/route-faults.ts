// The injection point "route": the name that a request is recorded under, in metrics and on its span. What it has added to the metrics
// is dropped when it is over.
import type { IncomingMessage } from 'node:http'
import type { Metrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

/** The metric with routes. */
export const ROUTED_METRIC = 'http_server_request_duration_seconds'
/** No metric takes up more, so that no more need to be remembered. */
const MAX_NAMES = 1_000

export class RouteFaults {
  readonly #deciders: Deciders<'route'>
  readonly #metrics: Pick<Metrics, 'forget'>
  readonly #names = new Set<string>()

  constructor(node: string, metrics: Pick<Metrics, 'forget'>) {
    this.#deciders = new Deciders('route', node)
    this.#metrics = metrics
  }

  /** False nearly always: then routes are what they are. */
  get active(): boolean {
    return this.#deciders.all.length > 0
  }

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
    if (!this.active) this.#forget()
  }

  nameOf(route: string, request: IncomingMessage): string {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const name = this.#deciders.all.reduce(
      (known, { act, active, random }) => act({ route: known, path }, active.parameters, random),
      route,
    )
    if (this.#names.size < MAX_NAMES && name !== route) this.#names.add(name)
    return name
  }

  close(): void {
    this.apply([])
  }

  #forget(): void {
    if (this.#names.size === 0) return
    this.#metrics.forget(ROUTED_METRIC, ({ http_route }) => http_route !== undefined && this.#names.has(http_route))
    this.#names.clear()
  }
}
