// What customers got while a schedule was played, by Prometheus's HTTP API: counts between the edges of intervals, latencies, alerts.
import { findFault } from '../../faults/catalogue.ts'
import type { Figures, Outcome, Schedule } from '../../faults/schedules/schedule.ts'
import { type Prometheus, parseSampleValue } from '../cli/prometheus.ts'

/** The newest sample, also when the scrape after it has failed. */
const counter = (name: string) => `sum(last_over_time(${name}[30s]))`
const OFFERED = counter('load_requests_offered_total')
const DROPPED = counter('load_requests_dropped_total')
const finished = (outcomes: string) => counter(`load_request_duration_seconds_count{outcome=~"${outcomes}"}`)
const GOOD = finished('ok|refused')
const FAILED = finished('error|wrong')
const latency = (share: number, overS: number) =>
  `1000 * histogram_quantile(${share}, sum by (le) (rate(load_request_duration_seconds_bucket{outcome=~"ok|refused"}[${Math.ceil(overS)}s])))`
const ALERTS = 'max by (alertname) (ALERTS{alertstate="firing"})'
/** More points than anybody needs to say when an alert began. */
const MAX_POINTS = 600
const MAX_ALERTS = 200

/** Lengths that an interval may have, in seconds. */
const STEPS_S = [5, 10, 15, 30, 60]
const MAX_INTERVALS = 60

/** A sample each second decides no less than five of them. */
export function intervalFor(durationS: number): number {
  return STEPS_S.find((stepS) => durationS / stepS <= MAX_INTERVALS) ?? 60
}

/** Edges of the intervals in seconds, from 0 to the end; the last interval may be shorter. */
export function edgesOf(durationS: number, intervalS: number): number[] {
  const whole = Array.from({ length: Math.floor(durationS / intervalS) + 1 }, (_, index) => index * intervalS)
  // What is left must be worth a row of its own.
  return durationS - (whole.at(-1) ?? 0) >= 1 ? [...whole, durationS] : whole
}

/**
 * Reads what came of a schedule that began at `startMs` (since 1970), from the metrics that are there.
 * Throws `CliError` when Prometheus does not answer.
 */
export async function measureOutcome(
  prometheus: Prometheus,
  { durationS, events }: Pick<Schedule, 'durationS' | 'events'>,
  startMs: number,
  intervalS = intervalFor(durationS),
): Promise<Outcome> {
  const startS = startMs / 1_000
  const edges = edgesOf(durationS, intervalS)
  const read = async (query: string) => valuesAt(prometheus, query, startS, edges, intervalS)
  const [offered, dropped, good, failed, p50, p95] = await Promise.all(
    [OFFERED, DROPPED, GOOD, FAILED, latency(0.5, intervalS), latency(0.95, intervalS)].map(read),
  )
  const steps = { offered: rises(offered), dropped: rises(dropped), good: rises(good), failed: rises(failed) }
  const intervals = edges.slice(1).map(
    (_, index): Figures => ({
      offered: steps.offered[index] ?? 0,
      good: steps.good[index] ?? 0,
      failed: steps.failed[index] ?? 0,
      dropped: steps.dropped[index] ?? 0,
      p50Ms: inMs(p50?.[index + 1]),
      p95Ms: inMs(p95?.[index + 1]),
    }),
  )
  const endS = startS + (edges.at(-1) ?? 0)
  const overall = async (share: number) => inMs(firstValue(await prometheus.query(latency(share, endS - startS), endS)))
  const [allP50, allP95] = await Promise.all([overall(0.5), overall(0.95)])
  const stepS = Math.max(1, Math.ceil(durationS / MAX_POINTS))
  const injected = events.flatMap((event) => (event.do === 'inject' ? [event] : []))
  const [alerts, signatures] = await Promise.all([
    alertsBetween(prometheus, startS, endS, stepS),
    Promise.all(
      [...new Set(injected.map(({ fault }) => fault))].map(async (fault) => {
        const sinceS = Math.min(...injected.filter((one) => one.fault === fault).map(({ atS }) => atS))
        return { fault, fromS: await signatureSince(prometheus, fault, startS, sinceS, endS, stepS) }
      }),
    ),
  ])
  return { intervalS, intervals, totals: { ...sumOf(intervals), p50Ms: allP50, p95Ms: allP95 }, alerts, signatures }
}

/** Values at the edges; undefined where there is none. */
async function valuesAt(
  prometheus: Prometheus,
  query: string,
  startS: number,
  edges: readonly number[],
  intervalS: number,
): Promise<(number | undefined)[]> {
  const regular = edges.filter((edge) => edge % intervalS === 0)
  const { data } = await prometheus.queryRange(query, startS, startS + (regular.at(-1) ?? 0), intervalS)
  const samples = new Map(
    (data.result[0]?.values ?? []).map(([timeS, text]) => [Math.round((timeS - startS) / intervalS), text] as const),
  )
  const values = regular.map((_, index) => asNumber(samples.get(index)))
  const last = edges.at(-1) ?? 0
  if (regular.length === edges.length) return values
  return [...values, firstValue(await prometheus.query(query, startS + last))]
}

function firstValue({ data }: Awaited<ReturnType<Prometheus['query']>>): number | undefined {
  return data.resultType === 'vector' ? asNumber(data.result[0]?.value?.[1]) : undefined
}

function asNumber(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : parseSampleValue(text)
  return Number.isFinite(value) ? value : undefined
}

/** What a counter rises by from each edge to the next. One that falls has begun again; one that is not there has not changed. */
export function rises(values: readonly (number | undefined)[] | undefined): number[] {
  let last = values?.[0] ?? 0
  return (values ?? []).slice(1).map((value) => {
    const now = value ?? last
    const rise = now >= last ? now - last : now
    last = now
    return Math.round(rise)
  })
}

function inMs(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 10) / 10
}

function sumOf(intervals: readonly Figures[]): Pick<Figures, 'offered' | 'good' | 'failed' | 'dropped'> {
  const sum = (of: 'offered' | 'good' | 'failed' | 'dropped') => intervals.reduce((total, one) => total + one[of], 0)
  return { offered: sum('offered'), good: sum('good'), failed: sum('failed'), dropped: sum('dropped') }
}

async function alertsBetween(
  prometheus: Prometheus,
  startS: number,
  endS: number,
  stepS: number,
): Promise<Outcome['alerts']> {
  const { data } = await prometheus.queryRange(ALERTS, startS, endS, stepS)
  const spans = data.result.flatMap(({ metric, values = [] }) =>
    presence(
      values.map(([timeS]) => timeS - startS),
      stepS,
      endS - startS,
    ).map((span) => ({ name: metric['alertname'] ?? '', ...span })),
  )
  return spans.sort((one, other) => one.fromS - other.fromS).slice(0, MAX_ALERTS)
}

/** Stretches of time in which there is a sample at each step; one that lasts to the end has no end of its own. */
export function presence(
  timesS: readonly number[],
  stepS: number,
  endS: number,
): { fromS: number; untilS: number | null }[] {
  const spans: { fromS: number; untilS: number | null }[] = []
  let last: number | undefined
  for (const timeS of timesS.map((time) => Math.max(0, Math.round(time * 10) / 10))) {
    const open = spans.at(-1)
    if (last === undefined || timeS - last > 1.5 * stepS) spans.push({ fromS: timeS, untilS: timeS })
    else if (open) open.untilS = timeS
    last = timeS
  }
  const open = spans.at(-1)
  if (open && last !== undefined && endS - last < 1.5 * stepS) open.untilS = null
  return spans
}

async function signatureSince(
  prometheus: Prometheus,
  fault: string,
  startS: number,
  sinceS: number,
  endS: number,
  stepS: number,
): Promise<number | null> {
  const promql = findFault(fault)?.signature.promql
  if (promql === undefined || startS + sinceS >= endS) return null
  const { data } = await prometheus.queryRange(promql, startS + sinceS, endS, stepS)
  const times = data.result.flatMap(({ values = [] }) => values.slice(0, 1).map(([timeS]) => timeS - startS))
  return times.length === 0 ? null : Math.round(Math.min(...times) * 10) / 10
}
