// An exporter that sends to its collector or, while that is gone, to where nobody listens: the failure is a real one.
import type { ExportResult } from '@opentelemetry/core'
import type { Impairments } from './impairment.ts'

/** What exporters of spans and of log records have in common. */
type Exporter<T> = {
  export(batch: T[], done: (result: ExportResult) => void): void
  shutdown(): Promise<void>
  forceFlush?(): Promise<void>
}

/** Nothing listens on the discard port of this machine. */
export const nobodysUrl = 'http://127.0.0.1:9'
/** What is lost is known to be within so long. */
export const NOBODY_TIMEOUT_MS = 1_000

export class SwitchedExporter<T> {
  readonly #collector: Exporter<T>
  readonly #nobody: () => Exporter<T>
  readonly #impairments: Impairments
  #made: Exporter<T> | undefined

  /** @param nobody makes an exporter that sends to `nobodysUrl`; called when it is needed */
  constructor(collector: Exporter<T>, nobody: () => Exporter<T>, impairments: Impairments) {
    this.#collector = collector
    this.#nobody = nobody
    this.#impairments = impairments
  }

  export(batch: T[], done: (result: ExportResult) => void): void {
    if (!this.#impairments.current.collectorGone) {
      this.#collector.export(batch, done)
      return
    }
    this.#made ??= this.#nobody()
    this.#made.export(batch, done)
  }

  async forceFlush(): Promise<void> {
    await this.#collector.forceFlush?.()
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.#collector.shutdown(), this.#made?.shutdown()])
  }
}
