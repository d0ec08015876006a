// The replicated object: an append-only list of requests, each once however often it is in the log. A reader sees how long the list is and a
// digest of all of it, so that two readers who saw different lists cannot both be right.

export type View = { length: number; digest: number }

export class StateMachine {
  appliedIndex: number
  readonly #positions: Map<string, number>
  #digest: number

  constructor(copied?: StateMachine) {
    this.appliedIndex = copied?.appliedIndex ?? 0
    this.#positions = new Map(copied ? copied.#positions : [])
    this.#digest = copied ? copied.#digest : 0
  }

  /** Returns the request's position, from 1. */
  append(request: string): number {
    const known = this.#positions.get(request)
    if (known !== undefined) return known
    this.#positions.set(request, this.#positions.size + 1)
    for (let i = 0; i < request.length; i++) this.#digest = (Math.imul(this.#digest, 31) + request.charCodeAt(i)) >>> 0
    return this.#positions.size
  }

  view(): View {
    return { length: this.#positions.size, digest: this.#digest }
  }

  copy(): StateMachine {
    return new StateMachine(this)
  }
}
