// Decides of each request whether a server works on it now, later or never: rate limits, load shedding, and the line of those that wait.
// It stands before the app, so that refusing costs next to nothing; the policy's present values count for each decision.
import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Metrics, noMetrics } from '../../../../otel/sdk/metrics/instruments.ts'
import { isUntraced } from '../../../../otel/sdk/untraced.ts'
import { defaultLivePolicy, type LivePolicy } from '../../policies/kind-policy.ts'
import { DEADLINE_HEADER } from '../deadline.ts'
import { type AdmissionMeter, createAdmissionMeter, type ShedReason } from './admission-meter.ts'
import { LoopDelay } from './loop-delay.ts'
import { RateLimiter } from './rate-limiter.ts'
import { type Refusal, sendRefusal } from './refusal.ts'
import { type DropReason, type Waiting, WaitingLine } from './waiting-line.ts'

/** `work` handles the request; called at once, later, or never. */
export type Admission = (request: IncomingMessage, response: ServerResponse, work: () => void) => void

const overloaded: Refusal = { kind: 'overloaded' }

type WaitingRequest = Waiting & { request: IncomingMessage; response: ServerResponse; work: () => void }

export function createAdmission(policy: LivePolicy = defaultLivePolicy, metrics: Metrics = noMetrics): Admission {
  const server = new AdmittingServer(policy, createAdmissionMeter(metrics))
  return (request, response, work) => server.admit(request, response, work)
}

class AdmittingServer {
  readonly #policy: LivePolicy
  readonly #meter: AdmissionMeter
  readonly #limiter = new RateLimiter()
  readonly #loopDelay = new LoopDelay()
  readonly #line: WaitingLine<WaitingRequest>
  #inFlight = 0

  constructor(policy: LivePolicy, meter: AdmissionMeter) {
    this.#policy = policy
    this.#meter = meter
    this.#line = new WaitingLine((waiting, reason) => this.#dropped(waiting, reason))
    meter.observe(() => ({ inFlight: this.#inFlight, queued: this.#line.length }))
  }

  admit(request: IncomingMessage, response: ServerResponse, work: () => void): void {
    // Must be answered when nothing else is.
    if (isUntraced(request)) {
      work()
      return
    }
    const policy = this.#policy()
    const waitMs = policy.rateLimit ? this.#limiter.take(request, policy, performance.now()) : 0
    if (waitMs > 0) this.#refuse(request, response, 'rate_limit', { kind: 'rate_limited', waitMs })
    else if (this.#isLate(policy.maxLoopDelayMs)) this.#refuse(request, response, 'loop_delay', overloaded)
    else if (this.#inFlight < policy.maxInFlight) this.#start(response, work, policy.minServiceMs)
    else this.#enqueue(request, response, work)
  }

  #isLate(maxLoopDelayMs: number): boolean {
    if (maxLoopDelayMs > 0) return this.#loopDelay.now() > maxLoopDelayMs
    this.#loopDelay.stop()
    return false
  }

  #enqueue(request: IncomingMessage, response: ServerResponse, work: () => void): void {
    const { queueLength, queueDiscipline } = this.#policy()
    const arrivedAtMs = performance.now()
    if (!this.#line.makeRoom(queueLength, queueDiscipline, arrivedAtMs)) {
      this.#refuse(request, response, 'queue_full', overloaded)
      return
    }
    const waiting: WaitingRequest = {
      arrivedAtMs,
      deadlineAtMs: deadlineAtMs(request, arrivedAtMs),
      isAbandoned: false,
      request,
      response,
      // Bound, for it is started by the request that ends before it, whose context is another one.
      work: AsyncResource.bind(work),
    }
    response.once('close', () => {
      waiting.isAbandoned = true
    })
    this.#line.push(waiting)
  }

  #start(response: ServerResponse, work: () => void, minServiceMs: number): void {
    this.#inFlight += 1
    // The time comes before the work, so that its client waits for it, too.
    if (minServiceMs > 0) setTimeout(() => this.#work(response, work), minServiceMs)
    else this.#work(response, work)
  }

  #work(response: ServerResponse, work: () => void): void {
    // Nobody waits for it, nothing will be told of its end, and it is done all the same.
    if (response.closed) setImmediate(this.#end)
    else response.once('close', this.#end)
    work()
  }

  readonly #end = (): void => {
    this.#inFlight -= 1
    const { maxInFlight, queueDiscipline, minServiceMs } = this.#policy()
    while (this.#inFlight < maxInFlight) {
      const nowMs = performance.now()
      const next = this.#line.next(queueDiscipline, nowMs)
      if (!next) return
      this.#meter.waited(nowMs - next.arrivedAtMs)
      if (queueDiscipline === 'deadline') tellTimeLeft(next, nowMs)
      this.#start(next.response, next.work, minServiceMs)
    }
  }

  #dropped({ request, response, arrivedAtMs }: WaitingRequest, reason: DropReason): void {
    this.#meter.waited(performance.now() - arrivedAtMs)
    this.#refuse(request, response, reason, reason === 'queue_full' ? overloaded : { kind: 'too_late' })
  }

  /** Whoever has gone already is counted all the same. */
  #refuse(request: IncomingMessage, response: ServerResponse, reason: ShedReason, refusal: Refusal): void {
    this.#meter.shed(reason)
    sendRefusal(request, response, refusal)
  }
}

/** Undefined without a deadline, and for one that makes no sense: that is for the app to refuse. */
function deadlineAtMs({ headers }: IncomingMessage, nowMs: number): number | undefined {
  const header = headers[DEADLINE_HEADER]
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? nowMs + Number(header) : undefined
}

/** The header says what was left when the request came; what it waited is gone. */
function tellTimeLeft({ request, deadlineAtMs }: WaitingRequest, nowMs: number): void {
  if (deadlineAtMs !== undefined)
    request.headers[DEADLINE_HEADER] = String(Math.max(0, Math.floor(deadlineAtMs - nowMs)))
}
