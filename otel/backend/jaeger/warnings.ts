// What Jaeger says of spans that a reader should doubt.
import type { SpanRecord } from '../traces/span-record.ts'

/** The attribute under which the newer API carries a span's warnings. */
export const WARNINGS_ATTRIBUTE = '@jaeger@warnings'

/** Warnings of a span; `known` are the ids of all spans of its trace. */
export function warningsOf(span: SpanRecord, known: ReadonlySet<string>): string[] {
  const warnings: string[] = []
  if (span.parentSpanId !== '' && !known.has(span.parentSpanId)) {
    warnings.push(`parent span ID=${span.parentSpanId} is not in the trace; skipping clock skew adjustment`)
  }
  if (span.endUnixNano < span.startUnixNano) warnings.push('negative duration: the span ends before it starts')
  return warnings
}

/** A link that names a span; what has an empty or broken id is not shown, as in Jaeger. */
export function isRealLink(link: { traceId: string; spanId: string }): boolean {
  return (
    link.traceId.length === 32 && link.spanId.length === 16 && !/^0+$/.test(link.traceId) && !/^0+$/.test(link.spanId)
  )
}
