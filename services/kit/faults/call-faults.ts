// The injection point "answered call": at the caller, between an answer and whoever waits for it.
import type { AnsweredCall } from '../../../faults/points.ts'
import type { ActiveFault } from '../control/active-fault.ts'
import { Deciders } from './deciders.ts'

export type AnswerFate = { again: boolean; damaged: boolean }

export class CallFaults {
  readonly #deciders: Deciders<'answered'>

  constructor(node: string) {
    this.#deciders = new Deciders('answered', node)
  }

  apply(faults: readonly ActiveFault[]): void {
    this.#deciders.set(faults.filter(({ servers }) => servers === undefined))
  }

  /** False nearly always: there is nothing to ask. */
  get active(): boolean {
    return this.#deciders.all.length > 0
  }

  fateOf(call: AnsweredCall): AnswerFate {
    const verdicts = this.#deciders.all.map(({ act, active, random }) => act(call, active.parameters, random))
    return { again: verdicts.some(({ again }) => again), damaged: verdicts.some(({ damaged }) => damaged) }
  }
}

const zero = 0x30
const isDigit = (byte: number) => byte > zero && byte <= zero + 9

/** A copy with one digit changed, such that JSON stays JSON: never to or from 0, where a number could end up with a leading one. */
export function damage(body: Buffer): Buffer {
  const digits = [...body.keys()].filter((index) => isDigit(body[index] ?? 0))
  const at = digits[Math.floor(digits.length / 2)]
  if (at === undefined) return body
  const copy = Buffer.from(body)
  copy[at] = zero + 1 + (((body[at] ?? 0) - zero) % 9)
  return copy
}
