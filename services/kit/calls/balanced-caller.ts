// Calls a kind of node: balances over its live replicas, repeats what may be repeated, and cuts everything by the request's deadline.
// It carries out what its neighbours decide (balancer, outlier, retry, retry-budget, hedge, guard) and decides nothing itself.
import { DelegateBackoff, handleWhenResult, type IRetryBackoffContext, retry } from 'cockatiel'
import { type ClientAttempt, withClientAttempt } from '../../../otel/sdk/client-span.ts'
import type { Logger } from '../../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'
import type { ControlDocument, NodeRegion } from '../control/document.ts'
import { type CallFaults, damage } from '../faults/call-faults.ts'
import { isWhole } from '../http/checksum.ts'
import { currentScope, DEADLINE_HEADER, type RequestScope } from '../http/deadline.ts'
import { sendAttempt } from './attempt.ts'
import { AttemptFailed, damagedBody } from './attempt-failed.ts'
import { createCallMeter } from './call-meter.ts'
import { CALLER_HEADER, type Caller, CallFailure, type CallRequest, type CallResponse } from './caller.ts'
import { type BreakerState, Guard } from './guard.ts'
import { hedge } from './hedge.ts'
import { isGood, isReplicasFault, type Outcome, saysUnavailable } from './outcome.ts'
import { type CallPolicy, defaultPolicy } from './policy.ts'
import type { Replica } from './replica.ts'
import { ReplicaSet, type ReplicaSnapshot } from './replica-set.ts'
import { retryDelayMs } from './retry.ts'
import { earn, newBudget, spend } from './retry-budget.ts'

export type BalancedCallerDeps = {
  /** Kind of node that calls; not told to the callee when omitted. */
  caller?: string
  /** Kind of node to call, for instance `orders`. */
  callee: string
  /** Where calls start: delays and the nearest replicas are counted from here. */
  from: NodeRegion
  /** The live control document: endpoints, delays and policies. */
  control: {
    document(): ControlDocument
    onChange(listener: (document: ControlDocument) => void): () => void
  }
  log: Pick<Logger, 'warn'>
  /** Nothing is measured when omitted: for probes, which are no calls of anybody. */
  metrics?: Metrics
  /** The region of the customers that this caller stands in for; a label of its metrics. */
  customerRegion?: string
  /** Whether an answer means that the replica is not able to work; by its status when omitted. */
  isUnavailable?: (response: CallResponse) => boolean
  /** Uniform in [0, 1). */
  random?: () => number
  /** Injection point: what becomes of calls that were answered. */
  faults?: Pick<CallFaults, 'active' | 'fateOf'>
}

export type CallerSnapshot = {
  callee: string
  breaker: BreakerState
  /** Attempts that wait for their turn. */
  queued: number
  /** Repeats that may be made at once. */
  retryBudget: number
  replicas: ReplicaSnapshot[]
}

export type BalancedCaller = Caller & {
  /** The present state, for metrics and for people. */
  snapshot(): CallerSnapshot
  /** Resolves when the calls under way have ended; later ones find no endpoint. */
  close(): Promise<void>
}

/** One call under way. */
type Ongoing = {
  request: CallRequest
  /** Of the request that it is made for; undefined without one, or when its end shall not be the call's. */
  scope: RequestScope | undefined
  tried: Replica[]
  attempts: number
}

/** How far an attempt has come, for what is measured of it: since when it has been waiting or, once it was sent, under way. */
type Progress = { sinceMs: number; sent: ClientAttempt | undefined }

/** An attempt's outcome with the verdict on repeating it. */
type Verdict = { outcome: Outcome; repeatAfterMs: number | undefined }

/** The loop and its pauses. The verdict knows the live policy's limits; the number here is the highest that a policy may have. */
const repeat = retry(
  handleWhenResult((verdict) => (verdict as Verdict).repeatAfterMs !== undefined),
  {
    maxAttempts: 10,
    backoff: new DelegateBackoff(({ result }: IRetryBackoffContext<Verdict>) =>
      'value' in result ? (result.value.repeatAfterMs ?? 0) : 0,
    ),
  },
)

/** A caller of `callee` that follows the control document until it is closed. */
export function createBalancedCaller(deps: BalancedCallerDeps): BalancedCaller {
  const { callee, from, control, log, isUnavailable = saysUnavailable, random = Math.random } = deps
  const meter = createCallMeter(deps.metrics ?? noMetrics, callee, deps.customerRegion)
  const replicas = new ReplicaSet(callee, from, log, meter.ejected)
  let policy = policyOf(control.document(), callee)
  const onBreaker = (state: BreakerState) => {
    log.warn({ callee, state }, 'breaker changed')
    meter.breakerChanged(state)
  }
  const guard = new Guard({ policy, isUnavailable, onBreaker })
  let budget = newBudget(policy, performance.now())

  const apply = (document: ControlDocument) => {
    const before = policy
    policy = policyOf(document, callee)
    guard.update(policy)
    replicas.apply(document)
    if (before.outlierEjection && !policy.outlierEjection) replicas.forgive()
  }
  apply(control.document())
  const unsubscribe = control.onChange(apply)

  async function attemptOnce(call: Ongoing): Promise<Verdict> {
    if (call.attempts > 0) meter.repeated()
    const outcome = await (policy.hedging && call.request.idempotent ? attemptHedged(call) : attempt(call))
    return { outcome, repeatAfterMs: repeatAfterMs(call, outcome) }
  }

  async function attempt(call: Ongoing, signal = call.scope?.signal): Promise<Outcome> {
    call.attempts += 1
    const progress: Progress = { sinceMs: performance.now(), sent: undefined }
    const outcome = await guard
      .run(() => sendToReplica(call, progress, signal), signal)
      .then((response): Outcome => ({ kind: 'answered', response, unavailable: isUnavailable(response) }), failed)
    const { sinceMs, sent } = progress
    const durationMs = performance.now() - sinceMs
    meter.attempt({ request: call.request, instance: sent?.instance, span: sent?.span, outcome, durationMs })
    return outcome
  }

  async function attemptHedged(call: Ongoing): Promise<Outcome> {
    const scopes = call.scope ? [call.scope.signal] : []
    const { outcome, wonBy } = await hedge((lost) => attempt(call, AbortSignal.any([...scopes, lost])), {
      delayMs: policy.hedgeDelayMs,
      mayHedge() {
        if (call.attempts >= policy.maxAttempts || !spendOne()) return false
        meter.hedged()
        return true
      },
      isGood,
    })
    if (wonBy === 'hedge') meter.hedgeWon()
    return outcome
  }

  function spendOne(): boolean {
    const rest = spend(budget, policy)
    if (rest) budget = rest
    else meter.repeatRefused()
    return rest !== undefined
  }

  function repeatAfterMs(call: Ongoing, outcome: Outcome): number | undefined {
    const delayMs = retryDelayMs({
      outcome,
      attempts: call.attempts,
      idempotent: call.request.idempotent,
      policy,
      remainingMs: call.scope && call.scope.deadlineAtMs - performance.now(),
      random,
    })
    return delayMs !== undefined && spendOne() ? delayMs : undefined
  }

  async function sendToReplica(
    call: Ongoing,
    progress: Progress,
    signal: AbortSignal | undefined,
  ): Promise<CallResponse> {
    const { request, scope, tried } = call
    const timeoutMs = attemptTimeoutMs(request, scope, policy)
    if (timeoutMs < 1) throw new AttemptFailed('timeout', 'the deadline has passed', { sent: false })
    const replica = request.instance === undefined ? replicas.choose(tried, random) : replicas.find(request.instance)
    if (!replica) throw new AttemptFailed('no_endpoint', noneReady(request), { sent: false })
    const resendCount = call.attempts - 1
    tried.push(replica)
    const { instance, port: peerPort } = replica.endpoint
    const { method, path, route, body } = request
    const headers: Record<string, string> = { ...request.headers }
    if (policy.deadlinePropagation) headers[DEADLINE_HEADER] = String(Math.floor(timeoutMs))
    if (deps.caller !== undefined) headers[CALLER_HEADER] = deps.caller
    const client = replica.acquire()
    let reusable = false
    const attempt: ClientAttempt = { method, route, callee, instance, peerPort, resendCount }
    progress.sent = attempt
    progress.sinceMs = performance.now()
    try {
      const send = () => sendAttempt(client, { instance, method, path, headers, body, timeoutMs, signal })
      const answered = await withClientAttempt(attempt, send)
      reusable = true
      const response = deps.faults?.active ? await suffer(deps.faults, call, answered, attempt, send) : answered
      if (!isWhole(response)) {
        meter.damaged()
        if (policy.verifyChecksums) throw damagedBody(callee)
      }
      if (isUnavailable(response)) replicas.failed(replica, policy)
      else replica.succeeded(policy)
      return response
    } catch (error) {
      if (error instanceof AttemptFailed && isReplicasFault(error, policy.timeoutMs)) replicas.failed(replica, policy)
      throw error
    } finally {
      replica.release(client, reusable)
    }
  }

  /** What a fault makes of an answer. */
  async function suffer(
    faults: Pick<CallFaults, 'fateOf'>,
    { request: { method, route, idempotent } }: Ongoing,
    response: CallResponse,
    attempt: ClientAttempt,
    send: () => Promise<CallResponse>,
  ): Promise<CallResponse> {
    const { again, damaged } = faults.fateOf({ callee, method, route, idempotent, status: response.status })
    // On the same connection, which is free again; its own span, as any second delivery has.
    if (again) await withClientAttempt({ ...attempt }, send).catch(() => undefined)
    return damaged ? { ...response, body: damage(response.body) } : response
  }

  const snapshot = (): CallerSnapshot => ({
    callee,
    breaker: guard.breaker,
    queued: guard.queued,
    // Time has earned some since the last call.
    retryBudget: Math.floor(earn(budget, policy, performance.now()).tokens),
    replicas: replicas.snapshot(),
  })
  meter.observe(snapshot)

  return {
    callee,
    async call(request) {
      budget = earn(budget, policy, performance.now())
      const scope = policy.deadlinePropagation ? currentScope() : undefined
      const call: Ongoing = { request, scope, tried: [], attempts: 0 }
      const { outcome } = await repeat.execute(() => attemptOnce(call))
      if (outcome.kind === 'answered') return outcome.response
      const { failure } = outcome
      throw new CallFailure(callee, failure.reason, `${callee} gave no answer: ${failure.message}`, { cause: failure })
    },
    snapshot,
    close() {
      unsubscribe()
      return replicas.close()
    },
  }
}

function noneReady({ instance }: CallRequest): string {
  return instance === undefined ? 'no replica is ready' : `${instance} is not ready`
}

function policyOf(document: ControlDocument, callee: string): CallPolicy {
  // Not a spread: JSON has no undefined members, and only this form's type says so.
  return Object.assign({}, defaultPolicy, document.policies[callee])
}

/** What is left for one attempt in ms: the least of the policy's, the request's own and the deadline's. */
function attemptTimeoutMs(request: CallRequest, scope: RequestScope | undefined, policy: CallPolicy): number {
  const remainingMs = scope ? scope.deadlineAtMs - performance.now() : Number.POSITIVE_INFINITY
  return Math.min(policy.timeoutMs, request.timeoutMs ?? Number.POSITIVE_INFINITY, remainingMs)
}

function failed(error: unknown): Outcome {
  if (error instanceof AttemptFailed) return { kind: 'failed', failure: error }
  throw error
}
