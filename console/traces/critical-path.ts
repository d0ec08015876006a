// The critical path: at each moment of the root's life, the span that it was waiting for. Shortening anything else shortens nothing.
// The algorithm is that of CRISP (Zhang et al., USENIX ATC 2022), walked backwards from the end. Pure.
import type { Span, Trace } from './trace-model.ts'

/** A stretch of time that `span` itself accounts for. µs since the epoch. */
export type PathSegment = { span: number; startMicros: number; endMicros: number }

/**
 * Segments of the first root's critical path, in order of time. They neither overlap nor leave a gap between the root's start and end.
 * What goes on after its parent has ended (a message being processed) held nobody up and is not on it.
 */
export function criticalPath(trace: Trace): PathSegment[] {
  const root = trace.spans[trace.roots[0] ?? -1]
  if (!root) return []
  const segments: PathSegment[] = []
  const work = [{ span: root, startMicros: root.startMicros, endMicros: endOf(root) }]
  for (let next = work.pop(); next; next = work.pop()) {
    const { span, startMicros, endMicros } = next
    let cursor = endMicros
    for (const child of byEndDescending(trace, span)) {
      // One that goes on beyond its parent is waited for until the parent ends; one beyond the cursor ran beside what was waited for.
      const childEnd = cursor === endMicros ? Math.min(endOf(child), cursor) : endOf(child)
      const childStart = Math.max(child.startMicros, startMicros)
      if (childEnd > cursor || childStart >= childEnd) continue
      if (childEnd < cursor) segments.push({ span: span.index, startMicros: childEnd, endMicros: cursor })
      work.push({ span: child, startMicros: childStart, endMicros: childEnd })
      cursor = childStart
    }
    if (cursor > startMicros) segments.push({ span: span.index, startMicros, endMicros: cursor })
  }
  return segments.sort((one, other) => one.startMicros - other.startMicros)
}

/** µs on the critical path by index of span. */
export function timeOnPath(segments: readonly PathSegment[]): Map<number, number> {
  const times = new Map<number, number>()
  for (const { span, startMicros, endMicros } of segments) {
    times.set(span, (times.get(span) ?? 0) + endMicros - startMicros)
  }
  return times
}

function byEndDescending({ spans }: Trace, span: Span): Span[] {
  return span.children
    .flatMap((index) => spans[index] ?? [])
    .filter((child) => child.startMicros < endOf(span))
    .sort((one, other) => endOf(other) - endOf(one))
}

function endOf(span: Span): number {
  return span.startMicros + span.durationMicros
}

/** What of a span's segments is to be drawn between two times: those that lie closer than `gapMicros` as one. Segments are in order. */
export function drawnSegments(
  segments: readonly PathSegment[],
  { startMicros: from, endMicros: to, gapMicros }: { startMicros: number; endMicros: number; gapMicros: number },
): PathSegment[] {
  const drawn: PathSegment[] = []
  for (const segment of segments) {
    if (segment.endMicros < from || segment.startMicros > to) continue
    const last = drawn.at(-1)
    if (last && segment.startMicros - last.endMicros < gapMicros) last.endMicros = segment.endMicros
    else drawn.push({ ...segment })
  }
  return drawn
}
