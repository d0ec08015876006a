// Linearizable reads: asks the core from which index on a read is good, and waits until that index is applied.
import { HttpError } from '../../kit/http/errors.ts'
import type { Refusal } from '../raft/api.ts'

const READ_TIMEOUT_MS = 900
/** A question to the leader may be lost. */
const ASK_AGAIN_MS = 300

export type ReadsDeps = {
  node: string
  /** Asks the core; its answer comes by `answered`. */
  ask(context: string): { kind: 'asked' } | Refusal
  appliedIndex(): number
}

type Read = { index: number | undefined; resolve: () => void }

export class Reads {
  readonly #deps: ReadsDeps
  readonly #reads = new Map<string, Read>()
  #asked = 0

  constructor(deps: ReadsDeps) {
    this.#deps = deps
  }

  /** Resolves when this node's state is at least what it was anywhere when it was asked for. Rejects with a 503 without a majority. */
  async untilLinearizable(): Promise<void> {
    const endMs = performance.now() + READ_TIMEOUT_MS
    while (performance.now() < endMs) {
      const refusal = await this.#askOnce(Math.min(ASK_AGAIN_MS, endMs - performance.now()))
      if (refusal === 'done') return
      if (refusal?.reason === 'not_leader') break
    }
    throw new HttpError(503, 'no_quorum', 'no majority confirms that this would be the latest; ask for a stale read')
  }

  /** The core's answer; null means: ask again. */
  answered(context: string, index: number | null): void {
    const read = this.#reads.get(context)
    if (!read) return
    if (index === null) this.#reads.delete(context)
    else read.index = index
    this.applied()
  }

  /** Something was applied. */
  applied(): void {
    for (const [context, { index, resolve }] of this.#reads) {
      if (index === undefined || index > this.#deps.appliedIndex()) continue
      this.#reads.delete(context)
      resolve()
    }
  }

  #askOnce(waitMs: number): Promise<'done' | Refusal | undefined> {
    const context = `${this.#deps.node}:${++this.#asked}`
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#reads.delete(context)
        resolve(undefined)
      }, waitMs)
      const settle = (outcome: 'done' | Refusal) => {
        clearTimeout(timer)
        resolve(outcome)
      }
      this.#reads.set(context, { index: undefined, resolve: () => settle('done') })
      const answer = this.#deps.ask(context)
      if (answer.kind === 'asked') return
      this.#reads.delete(context)
      // Busy: the timer lets some time pass.
      if (answer.reason === 'not_leader') settle(answer)
    })
  }
}
