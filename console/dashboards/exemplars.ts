// Exemplars of a panel: single requests that its figures are made of, each with its trace. Pure.
import type { Exemplar, Labels } from '../prometheus/answers.ts'

export type ExampleTrace = { traceId: string; timeMs: number; value: number }

/** The trace that an exemplar names; undefined for what is no id of a trace. */
export function traceIdOf(labels: Labels): string | undefined {
  const id = labels['trace_id'] ?? labels['traceID'] ?? ''
  return /^[0-9a-f]{16,32}$/.test(id) ? id : undefined
}

/** The highest values of the time that is looked at, each trace once: those are worth a look. */
export function highestExamples(
  exemplars: readonly Exemplar[],
  { startMs, endMs }: { startMs: number; endMs: number },
  count: number,
): ExampleTrace[] {
  const byTrace = new Map<string, ExampleTrace>()
  for (const { labels, timeMs, value } of exemplars) {
    const traceId = traceIdOf(labels)
    if (!traceId || !Number.isFinite(value) || timeMs < startMs || timeMs > endMs) continue
    const before = byTrace.get(traceId)
    if (!before || value > before.value) byTrace.set(traceId, { traceId, timeMs, value })
  }
  return [...byTrace.values()].sort((a, b) => b.value - a.value).slice(0, count)
}
