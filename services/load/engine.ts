// The open loop: each arrival is one HTTP request. It goes to a shopper who has finished thinking, else somebody new comes in;
// nobody waits for an answer to let the next arrival happen.
import type { Logger } from '../../otel/sdk/logger.ts'
import { CallFailure, type CallResponse } from '../kit/calls/caller.ts'
import type { Region } from '../kit/control/document.ts'
import type { Action, ShopKnowledge, ShopRequest, Verdict } from './action.ts'
import { actions } from './actions.ts'
import { atOtherRate, takeArrivals } from './arrivals.ts'
import { MAX_IN_FLIGHT } from './browser-policy.ts'
import type { StepName } from './journeys.ts'
import { createRandom, exponential, type Random, seedFor } from './random.ts'
import { nextStep, type Shopper, thinkTimeMs } from './shopper.ts'
import type { Outcome, RequestRecord } from './tally.ts'
import { Visits, type VisitsDeps } from './visits.ts'
import { WaitingLine } from './waiting-line.ts'

export type StepContext = { journey: string; step: StepName; region: Region; attempt: number }

export type EngineDeps = VisitsDeps & {
  /** Sends one request once; rejects with `CallFailure`. */
  send(request: ShopRequest, region: Region): Promise<CallResponse>
  /** What must hold of every answer, whatever was asked; runs within the step. */
  inspect(answer: CallResponse): Verdict
  /** Runs a step, for instance within a span; resolves to what `run` resolves to. */
  around(context: StepContext, run: () => Promise<Outcome>): Promise<Outcome>
  onSend(): void
  onDrop(reason: 'inFlight' | 'late', count: number): void
  onRecord(record: RequestRecord): void
  uniqueId(): string
  /** A monotonic clock in ms. */
  nowMs?: () => number
  log: Pick<Logger, 'error'>
}

/** Beyond so many thinking shoppers nobody new comes in; those who are there hurry instead. */
const MAX_THINKING = 20_000
/** Whoever is not served for so long leaves, as after a burst or a pause; but nobody leaves before he knows what became of his order. */
const PATIENCE_MS = 30_000
/** Wakes up at least so often, though no arrival may be due. */
const MAX_PAUSE_MS = 1_000

export class Engine {
  readonly #deps: EngineDeps
  readonly #random: Random
  readonly #shop: ShopKnowledge
  readonly #visits: Visits
  readonly #nowMs: () => number
  readonly #thinking = new WaitingLine<Shopper>()
  #rate = 0
  /** The rate before the pause, if there is one, and how long before its next arrival it began. */
  #paused: { rate: number; leftMs: number }
  #nextAtMs = 0
  #timer: NodeJS.Timeout | undefined
  #inFlight = 0
  #stopped = false

  constructor(deps: EngineDeps) {
    this.#deps = deps
    this.#random = createRandom(seedFor(deps.seed, 'arrivals'))
    this.#paused = { rate: 1, leftMs: exponential(this.#random, 1_000) }
    this.#shop = { searches: deps.journeys.searches, cards: deps.journeys.cards, uniqueId: deps.uniqueId }
    this.#visits = new Visits(deps)
    this.#nowMs = deps.nowMs ?? (() => performance.now())
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get shoppers(): number {
    return this.#inFlight + this.#thinking.length
  }

  get rate(): number {
    return this.#rate
  }

  /** Requests a second; 0 pauses. Takes effect at once. */
  setRate(requestsPerSecond: number): void {
    if (requestsPerSecond === this.#rate || this.#stopped) return
    if (this.#rate > 0 && requestsPerSecond > 0) this.#tick()
    clearTimeout(this.#timer)
    const nowMs = this.#nowMs()
    const before = this.#rate > 0 ? { rate: this.#rate, leftMs: this.#nextAtMs - nowMs } : this.#paused
    this.#rate = requestsPerSecond
    if (requestsPerSecond === 0) {
      this.#paused = before
      return
    }
    this.#nextAtMs = atOtherRate(nowMs + before.leftMs, nowMs, before.rate, requestsPerSecond)
    this.#tick()
  }

  /** No further arrivals; what is in flight goes on. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #tick(): void {
    const nowMs = this.#nowMs()
    const { due, late, nextAtMs } = takeArrivals(this.#nextAtMs, nowMs, this.#rate, this.#random)
    this.#nextAtMs = nextAtMs
    if (late > 0) this.#deps.onDrop('late', late)
    for (let arrival = 0; arrival < due; arrival++) this.#arrive(nowMs)
    this.#timer = setTimeout(() => this.#tick(), Math.min(MAX_PAUSE_MS, Math.ceil(nextAtMs - nowMs)))
  }

  #arrive(nowMs: number): void {
    if (this.#inFlight >= MAX_IN_FLIGHT) {
      this.#deps.onDrop('inFlight', 1)
      return
    }
    const readyByMs = this.#thinking.length >= MAX_THINKING ? Number.POSITIVE_INFINITY : nowMs
    for (;;) {
      const waiting = this.#thinking.takeReady(readyByMs)
      if (waiting && hasLostPatience(waiting, nowMs)) {
        this.#visits.leave(waiting, false, nowMs)
        continue
      }
      const shopper = waiting ?? this.#visits.welcome(nowMs)
      const asked = this.#nextRequest(shopper)
      if (asked) {
        this.#deps.onSend()
        void this.#ask(shopper, asked.name, asked.request)
        return
      }
      // His journey ends without another request; the arrival is somebody else's.
      this.#visits.leave(shopper, false, nowMs)
    }
  }

  /** Steps that do not apply are passed over. Undefined when nothing is left to do. */
  #nextRequest(shopper: Shopper): { name: StepName; request: ShopRequest } | undefined {
    for (let step = nextStep(shopper); step; step = nextStep(shopper)) {
      const isFirstCheckout = shopper.checkout === undefined
      const request = actions[step.do].request(shopper, step, this.#shop)
      if (request && isFirstCheckout && shopper.checkout && shopper.session) {
        this.#deps.checkouts.open(shopper.checkout.key, shopper.session.user.id)
      }
      if (request) return { name: step.do, request }
      shopper.position += 1
    }
    return undefined
  }

  async #ask(shopper: Shopper, name: StepName, request: ShopRequest): Promise<void> {
    const action: Action = actions[name]
    const place = { journey: shopper.journey.name, step: name, region: shopper.region }
    const startMs = this.#nowMs()
    let latencyMs = 0
    this.#inFlight += 1
    const ask = async (): Promise<Outcome> => {
      try {
        const answer = await this.#deps.send(request, shopper.region).finally(() => {
          latencyMs = this.#nowMs() - startMs
        })
        if (answer.status >= 500) return { kind: 'error', reason: `status_${answer.status}` }
        const verdict = this.#deps.inspect(answer)
        return verdict.kind === 'ok' ? action.judge(shopper, answer) : verdict
      } catch (error) {
        if (error instanceof CallFailure) return { kind: 'error', reason: error.reason }
        this.#deps.log.error({ err: error, ...place }, 'the load generator failed')
        return { kind: 'error', reason: 'internal' }
      }
    }
    const outcome = await this.#deps.around({ ...place, attempt: shopper.attempts + 1 }, async () => {
      const outcome = await ask()
      this.#inFlight -= 1
      this.#deps.onRecord({ ...place, outcome, latencyMs })
      return outcome
    })
    this.#visits.settleCheckout(shopper)
    this.#goOn(shopper, action, outcome)
  }

  #goOn(shopper: Shopper, action: Action, outcome: Outcome): void {
    if (outcome.kind === 'ok') {
      shopper.position += 1
      shopper.attempts = 0
      this.#think(shopper, thinkTimeMs(shopper, this.#deps.journeys.thinkMs))
      return
    }
    shopper.attempts += 1
    const isOpen = outcome.kind === 'pending' || outcome.kind === 'error'
    if (isOpen && action.repeat && shopper.attempts < action.repeat.attempts) {
      this.#think(shopper, action.repeat.pauseMs * (0.5 + shopper.random()))
      return
    }
    this.#visits.leave(shopper, outcome.kind !== 'refused' && action.changesAccount === true, this.#nowMs())
  }

  #think(shopper: Shopper, forMs: number): void {
    shopper.readyAtMs = this.#nowMs() + forMs
    this.#thinking.add(shopper, shopper.readyAtMs)
  }
}

function hasLostPatience({ readyAtMs, checkout }: Shopper, nowMs: number): boolean {
  return nowMs - readyAtMs > PATIENCE_MS && (checkout === undefined || checkout.outcome !== undefined)
}
