// Sampling bias: traces are kept or dropped before anybody knows whether they fail. Metrics count failures of which there is no trace.
import { type Span, searchTraces } from '../traces.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

/** A thousandth: of these failures next to none has a trace. */
const KEEP = 0.001
const FAILURES = 30
const FAILED = { http_response_status_code: '500' }

export const samplingBias: Scenario = {
  id: 'sampling-bias',
  size: 'small',
  load: 20,
  async run(stage) {
    await stage.inject('error-rate', { target: 'recommendations', parameters: { probability: 1, status: '500' } })
    const all = await failuresWithTraces(stage)
    stage.expect('a trace of each failure', all.recorded >= 0.9 * all.failures, all)

    const id = await stage.inject('sampling-bias', { parameters: { keepRatio: KEEP } })
    const biased = await failuresWithTraces(stage)
    stage.expect('next to no trace of a failure', biased.recorded <= 0.1 * biased.failures, biased)
    const dropped =
      'sum(rate(otel_sdk_span_started_total{otel_span_sampling_result="DROP"}[5s])) / sum(rate(otel_sdk_span_started_total[5s]))'
    const share = await stage.value(dropped)
    stage.expect('nearly all spans to be dropped', share > 0.9, share)
    await stage.until('the alert', async () => (await stage.firing()).includes('TracesNotSampled'), 60_000)

    // All nodes follow the decision of the first, so that one setting mends all of it.
    await stage.control.changeFault({ params: { id }, body: { parameters: { keepRatio: 1 } } })
    const mended = await failuresWithTraces(stage)
    stage.expect('a trace of each failure again', mended.recorded >= 0.9 * mended.failures, mended)
    const say = ({ recorded, failures }: Found) => `${recorded} of ${failures}`
    stage.note(
      'failures that have a trace',
      `${say(all)}, with one trace of a thousand kept ${say(biased)}, all kept again ${say(mended)}`,
    )
  },
}

const isFailure = ({ service, kind, tags }: Span) =>
  service === 'recommendations' && kind === 'server' && Number(tags['http.response.status_code']) === 500

type Found = { failures: number; recorded: number }

/** Waits for so many failures by the metrics, and for their spans while some are missing. */
async function failuresWithTraces(stage: Stage): Promise<Found> {
  const count = () => stage.told('recommendations-1', 'http_server_request_duration_seconds_count', FAILED)
  const sinceUs = Date.now() * 1_000
  const before = await count()
  await stage.until(`${FAILURES} failures`, async () => (await count()) >= before + FAILURES, 60_000)
  const failures = (await count()) - before
  const untilUs = Date.now() * 1_000
  let recorded = 0
  const search = async () => {
    const found = await searchTraces(stage.cluster.urls.jaeger, {
      service: 'recommendations',
      tags: '{"error":"true"}',
      limit: '500',
      start: String(sinceUs),
      end: String(untilUs),
    })
    // One trace has several of them where the edge repeats its request.
    recorded = found.flatMap(({ spans }) => spans.filter(isFailure)).length
    return recorded >= failures
  }
  // They are sent within a few seconds, if at all.
  await stage.until('their spans', search, 6_000).catch(() => undefined)
  // A failure or two more began within the time, before or after they were counted.
  return { failures, recorded: Math.min(recorded, failures) }
}
