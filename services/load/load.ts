// The load generator put together: engine, counts, the summary of every ten seconds.
import { randomUUID } from 'node:crypto'
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import type { CallResponse } from '../kit/calls/caller.ts'
import type { Region } from '../kit/control/document.ts'
import { Accounts } from './accounts.ts'
import { ok, type ShopRequest, type Verdict, wrong } from './action.ts'
import { headerOf } from './answer.ts'
import { CheckoutLog } from './checkout-log.ts'
import type { CheckoutRecord, Report } from './contract.ts'
import { buildCustomers, DEMO_PASSWORD } from './customers.ts'
import { Engine } from './engine.ts'
import type { Journeys } from './journeys.ts'
import { createLoadMeter } from './load-meter.ts'
import { currentTraceId, withStepSpan } from './step-span.ts'
import { Tally, type TallySummary } from './tally.ts'

const SUMMARY_EVERY_MS = 10_000

export type LoadDeps = {
  journeys: Journeys
  seed: number
  /** Sends one request once; rejects with `CallFailure`. */
  send(request: ShopRequest, region: Region): Promise<CallResponse>
  log: Logger
  metrics?: Metrics
}

export type Load = ReturnType<typeof createLoad>

export function createLoad({ journeys, seed, send, log, metrics = noMetrics }: LoadDeps) {
  const meter = createLoadMeter(metrics)
  const startedAt = new Date().toISOString()
  const checkouts = new CheckoutLog()
  const total = new Tally()
  let recent = new Tally()
  const accounts = new Accounts(buildCustomers().map((customer) => ({ ...customer, password: DEMO_PASSWORD })))

  const engine = new Engine({
    journeys,
    accounts,
    checkouts,
    seed,
    send,
    inspect: checkTraceHeader,
    around: (step, run) => withStepSpan(step, log, run),
    uniqueId: randomUUID,
    log,
    onSend() {
      forBoth((tally) => tally.send())
      meter.offered(1)
    },
    onDrop(reason, count) {
      forBoth((tally) => tally.drop(reason, count))
      meter.dropped(reason, count)
    },
    onRecord(record) {
      forBoth((tally) => tally.record(record))
      meter.finished(record)
    },
  })
  meter.observe(engine)

  function forBoth(count: (tally: Tally) => void): void {
    count(total)
    count(recent)
  }

  const timer = setInterval(() => {
    const summary = recent.summary()
    recent = new Tally()
    if (summary.offered > 0 || engine.rate > 0) log.info(logFields(summary), 'the last ten seconds')
  }, SUMMARY_EVERY_MS)

  return {
    setRate: (requestsPerSecond: number) => engine.setRate(requestsPerSecond),
    stop() {
      clearInterval(timer)
      engine.stop()
    },
    report: (): Report => ({
      startedAt,
      requestsPerSecond: engine.rate,
      inFlight: engine.inFlight,
      shoppers: engine.shoppers,
      ...total.summary(),
      ...total.groups(),
      checkouts: checkouts.counts(),
    }),
    checkouts(): { items: CheckoutRecord[]; total: number } {
      const { accepted, refused, unknown, open } = checkouts.counts()
      return { items: checkouts.records(), total: accepted + refused + unknown + open }
    },
  }
}

/** Reasons stand there only when there are any: most of the time everything is right. */
function logFields({ latency, dropped, errorReasons, wrongReasons, ...counts }: TallySummary): Record<string, unknown> {
  const { p50Ms, p95Ms, p99Ms } = latency
  const reasons = { ...errorReasons, ...wrongReasons }
  return {
    ...counts,
    dropped: dropped.inFlight + dropped.late,
    ...(Object.keys(reasons).length > 0 ? { reasons } : {}),
    p50Ms,
    p95Ms,
    p99Ms,
  }
}

/** Every answer names its trace, which is ours: not that of whoever had a cache filled. */
function checkTraceHeader(answer: CallResponse): Verdict {
  const traceId = currentTraceId()
  const named = headerOf(answer, 'x-trace-id')
  return traceId === undefined || named === traceId ? ok : wrong('trace_header', `x-trace-id is ${named} in ${traceId}`)
}
