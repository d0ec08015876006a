// The trace of the current request in the form that its answer carries.
import { trace } from '@opentelemetry/api'

/**
 * `traceresponse` as W3C Trace Context Level 2 has it, and the bare trace id for people; undefined outside of a trace.
 * https://www.w3.org/TR/trace-context-2/#trace-context-http-response-headers-format
 */
export function traceResponse(): { traceResponse: string; traceId: string } | undefined {
  const span = trace.getActiveSpan()?.spanContext()
  if (!span) return undefined
  const flags = span.traceFlags.toString(16).padStart(2, '0')
  return { traceResponse: `00-${span.traceId}-${span.spanId}-${flags}`, traceId: span.traceId }
}
