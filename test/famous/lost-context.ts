// Lost trace context: one hop does not read `traceparent`. Each request behind it begins a trace of its own, and no customer notices.
import { readTrace, shapeFaults, type Trace } from '../traces.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const ROOTS = 'faultline_root_server_spans_total'
const SERVED = 'http_server_request_duration_seconds_count'
const ROUNDS = 5
/** The spans of a trace come from many nodes, each in its own time. */
const SETTLED_MS = 15_000

export const lostContext: Scenario = {
  id: 'lost-context',
  size: 'small',
  load: 0,
  async run(stage) {
    const whole = await traceOfCheckout(stage, (trace) => servedBy(trace, 'payments') > 0)
    stage.expect('one whole trace', shapeFaults(whole).length === 0, shapeFaults(whole))
    stage.expect('no roots in payments', (await stage.told('payments-1', ROOTS)) === 0)

    await stage.inject('lost-context', { target: 'payments' })
    const served = await stage.told('payments-1', SERVED)
    const torn: Trace[] = []
    for (let round = 0; round < ROUNDS; round++)
      torn.push(await traceOfCheckout(stage, (trace) => servedBy(trace, 'fulfilment') > 0))
    const requests = (await stage.told('payments-1', SERVED)) - served
    const roots = await stage.told('payments-1', ROOTS)
    stage.expect('each of its requests to begin a trace', requests >= ROUNDS && roots === requests, { requests, roots })
    for (const trace of torn) {
      stage.expect('no trace to reach payments', servedBy(trace, 'payments') === 0 && servedBy(trace, 'ledger') === 0)
      const ends = shapeFaults(trace)
      stage.expect(
        'the call to end without a server',
        ends.length === 1 && /payments-1 has no server span/.test(ends[0] ?? ''),
        ends,
      )
    }
    const found = async () => (await orphans(stage)) >= requests
    await stage.until('the other half of each, as a trace of its own', found)
    await stage.until('the alert', async () => (await stage.firing()).includes('TraceContextLost'), 60_000)

    await stage.control.clearFaults({})
    const mended = await traceOfCheckout(stage, (trace) => servedBy(trace, 'payments') > 0)
    stage.expect('one whole trace again', shapeFaults(mended).length === 0, shapeFaults(mended))
    stage.expect('no further roots', (await stage.told('payments-1', ROOTS)) === roots)
    stage.note('roots in payments', `0 before, ${roots} of ${requests} requests under the fault, none after`)
  },
}

/** The trace of a purchase, once it has what it is waited for. */
async function traceOfCheckout(stage: Stage, isThere: (trace: Trace) => boolean): Promise<Trace> {
  const customer = await stage.customer()
  await customer.putIntoBasket('p-0017')
  const { status, traceId } = await customer.checkOut()
  stage.expect('the customer to notice nothing', status === 201, status)
  let found: Trace | undefined
  await stage.until(
    'the trace of a checkout',
    async () => {
      found = await readTrace(stage.cluster.urls.jaeger, traceId)
      return found !== undefined && servedBy(found, 'fulfilment') > 0 && isThere(found)
    },
    SETTLED_MS,
  )
  // It was found, or waiting for it has thrown.
  return found as Trace
}

const servedBy = (trace: Trace, service: string) =>
  trace.spans.filter((span) => span.service === service && (span.kind === 'server' || span.kind === 'consumer')).length

/** Traces that begin at payments. */
async function orphans(stage: Stage): Promise<number> {
  const response = await fetch(`${stage.cluster.urls.jaeger}/api/traces?service=payments&limit=200`)
  const { data } = (await response.json()) as {
    data: {
      spans: { references: unknown[]; processID: string }[]
      processes: Record<string, { serviceName: string }>
    }[]
  }
  const beginsThere = ({ spans, processes }: (typeof data)[number]) =>
    spans.some(
      ({ references, processID }) => references.length === 0 && processes[processID]?.serviceName === 'payments',
    )
  return data.filter(beginsThere).length
}
