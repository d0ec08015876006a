// The injection point "database call": what becomes of a statement before its server has it. Below the client span, which shows it.
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

export type StatementFate = {
  delayMs: number
  failure: { sqlState: string; message: string } | undefined
  /** What the server gets instead. */
  text: string | undefined
  perRow: boolean
}

export class StatementFaults {
  readonly #deciders: Deciders<'statement'>

  constructor(node: string) {
    this.#deciders = new Deciders('statement', node)
  }

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults)
  }

  /** Undefined, nearly always, when nothing becomes of it. */
  fateOf(text: string, server: string, pool: 'primary' | 'replica'): StatementFate | undefined {
    if (this.#deciders.all.length === 0) return undefined
    const verdicts = this.#deciders.all
      .filter(({ active }) => active.servers === undefined || active.servers.includes(server))
      .map(({ act, active, random }) => act({ text, server, pool }, active.parameters, random))
    const delayMs = verdicts.reduce((sum, verdict) => sum + (verdict.delayMs ?? 0), 0)
    const failure = verdicts.find((verdict) => verdict.failure)?.failure
    const replaced = verdicts.find((verdict) => verdict.text !== undefined)?.text
    const perRow = verdicts.some((verdict) => verdict.perRow)
    if (delayMs === 0 && !failure && replaced === undefined && !perRow) return undefined
    return { delayMs, failure, text: replaced, perRow }
  }
}
