// Finding spans within a trace, by words that may stand anywhere in them. Pure.
import type { Span, Trace } from './trace-model.ts'

/** Indexes of spans that have every word of `text` in their name, service, node, or in a tag as `key=value`. Case does not matter. */
export function findSpans(trace: Trace, text: string): number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return trace.spans.filter((span) => words.every((word) => hasWord(span, word))).map(({ index }) => index)
}

function hasWord(span: Span, word: string): boolean {
  const own = [span.name, span.service, span.node, span.region, span.kind, span.id, span.error ? 'error' : '']
  if (own.some((text) => text.toLowerCase().includes(word))) return true
  if (span.tags.some(({ key, value }) => `${key}=${value}`.toLowerCase().includes(word))) return true
  return span.events.some(({ name }) => name.toLowerCase().includes(word))
}
