// What a trace is described by when traces are compared: which values its spans' attributes have, and how long it waited for whom. Pure.
import { criticalPath, timeOnPath } from '../traces/critical-path.ts'
import type { Span, Trace } from '../traces/trace-model.ts'

/** By attribute, the values that occur anywhere in the trace. */
export type TraceFeatures = {
  values: ReadonlyMap<string, ReadonlySet<string>>
  /** ms by what was waited for, on the critical path. */
  waits: ReadonlyMap<string, number>
}

/** Say nothing about why: they are of the instrumentation, or the text of what another attribute names. */
const ignored =
  /^(?:otel\.|span\.kind$|internal\.|telemetry\.|process\.|thread\.|code\.|network\.|client\.(?:address|port)|server\.port|url\.(?:full|path|scheme)|user_agent|error$)/

/** Longer ones are texts, and no attribute to go by. */
const MAX_VALUE_LENGTH = 120

export function traceFeatures(trace: Trace): TraceFeatures {
  const values = new Map<string, Set<string>>()
  const add = (key: string, value: string) => {
    if (value === '' || value.length > MAX_VALUE_LENGTH) return
    const known = values.get(key)
    if (known) known.add(value)
    else values.set(key, new Set([value]))
  }
  for (const span of trace.spans) {
    add('service', span.service)
    add('node', span.node)
    add('region', span.region)
    add('version', span.version ? `${span.service} ${span.version}` : '')
    add('operation', label(span))
    if (span.error) add('failing operation', label(span))
    for (const { key, value } of span.tags) if (!ignored.test(key)) add(key, String(value))
  }
  return { values, waits: waitsOf(trace) }
}

function waitsOf(trace: Trace): Map<string, number> {
  const waits = new Map<string, number>()
  for (const [index, micros] of timeOnPath(criticalPath(trace))) {
    const span = trace.spans[index]
    if (!span) continue
    const key = `time in ${label(span)}`
    waits.set(key, (waits.get(key) ?? 0) + micros / 1000)
  }
  return waits
}

function label({ service, kind, name }: Span): string {
  return `${service} ${kind === 'client' || kind === 'producer' ? '→ ' : ''}${name}`
}
