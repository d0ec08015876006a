// A healthy run: while nothing is broken no signature may hold, no trace may show a fault, and no alert may fire.
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault, Injection } from '../fault.ts'
import { errorOf, type Trace } from '../trace.ts'
import { traceOf } from './contract.ts'
import { affectedBy, type Lab } from './lab.ts'

/** Something that held although nothing was broken, with the seconds since the begin at which it did. */
export type FalseAlarm = { what: string; series: string; atS: number[] }

export type HealthyOptions = {
  faults: readonly Fault[]
  size: 'small' | 'full'
  seconds: number
  /** Told now and then how far it is. */
  onProgress?: (seconds: number) => void
}

const PROGRESS_EVERY_S = 30
const TOLD_AT_MOST = 8

/** Watches so long; resolves to what held. Trace predicates look at one fault after the other, at all traces since they last did. */
export async function watchHealthy(lab: Lab, options: HealthyOptions): Promise<FalseAlarm[]> {
  const startMs = Date.now()
  const nodes = await lab.nodes()
  const seen = new Map(options.faults.map(({ id }) => [id, startMs]))
  const alarms: FalseAlarm[] = []
  const elapsedS = () => (Date.now() - startMs) / 1_000
  let toldS = 0
  while (elapsedS() < options.seconds) {
    for (const fault of options.faults) {
      if (elapsedS() >= options.seconds) break
      const sinceMs = seen.get(fault.id) ?? startMs
      seen.set(fault.id, Date.now())
      const affected = affectedBy(injectionOf(fault, options.size), nodes)
      const trace = await traceOf(lab, fault, affected, sinceMs)
      if (trace) alarms.push({ what: `a trace of ${fault.id}`, series: told(trace), atS: [elapsedS()] })
      await delay(250)
    }
    if (elapsedS() - toldS > PROGRESS_EVERY_S) {
      toldS = elapsedS()
      options.onProgress?.(toldS)
    }
  }
  return [...alarms, ...(await lookBack(lab, options.faults, startMs / 1_000, Date.now() / 1_000))]
}

/** What went wrong in it, in a line: whoever reads it later has no cluster left to ask. */
function told({ id, spans }: Trace): string {
  const longest = Math.max(...spans.map(({ durationUs }) => durationUs)) / 1_000
  const failed = spans
    .filter((span) => errorOf(span) !== '')
    .map((span) => `${span.node} ${span.name} ${errorOf(span)} after ${Math.round(span.durationUs / 1_000)} ms`)
  return [`${id} of ${Math.round(longest)} ms`, ...failed.slice(0, TOLD_AT_MOST)].join('; ')
}

/** Every expression and every alert over a span of time, at each second. */
export async function lookBack(
  lab: Pick<Lab, 'range'>,
  faults: readonly Fault[],
  startS: number,
  endS: number,
): Promise<FalseAlarm[]> {
  const expressions = [
    ...faults.map(({ id, signature }) => [id, signature.promql] as const),
    ['an alert', 'ALERTS{alertstate="firing"}'] as const,
  ]
  const alarms: FalseAlarm[] = []
  for (const [what, promql] of expressions) {
    for (const { labels, timesS } of await lab.range(promql, startS, endS)) {
      alarms.push({ what, series: JSON.stringify(labels), atS: timesS.map((atS) => atS - startS) })
    }
  }
  return alarms
}

/** The injection whose traces are looked for; that of the other size where this one has none. */
function injectionOf({ example }: Fault, size: 'small' | 'full'): Injection {
  return example[size] ?? example.full
}
