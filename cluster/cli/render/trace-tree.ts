// Arranges a trace's spans as a tree, in the order of drawing, and says what is wrong with it. Pure.
import type { Span } from './span.ts'

export type TreeRow = {
  span: Span
  depth: number
  /** For each level above this row, whether a line goes on downwards there; the first `MAX_DRAWN_LEVELS` only. */
  openLevels: boolean[]
  isLast: boolean
  hasChildren: boolean
  /** Why it stands at the top although it names a parent: that is not in the trace, or below the span itself. */
  orphaned: 'missing' | 'circle' | undefined
  /** How long before its parent it seems to start, in µs; more than jitter between clocks explains. */
  skewMicros: number | undefined
}

/** Deeper spans are drawn at this level: a name needs room, too. */
export const MAX_DRAWN_LEVELS = 24

/** Clocks of two processes of one machine differ by less than this, in µs. */
const CLOCK_JITTER_MICROS = 1_000

/** Depth first; siblings by their start. Spans on a circle of parents are orphans, too: every span comes out exactly once. */
export function arrangeTrace(spans: readonly Span[]): TreeRow[] {
  const byId = new Map<string, Span>()
  for (const span of spans) if (!byId.has(span.id)) byId.set(span.id, span)
  const children = new Map<string, Span[]>()
  const tops: Span[] = []
  for (const span of [...spans].sort((one, other) => one.startMicros - other.startMicros)) {
    const { parentId } = span
    if (parentId === undefined || parentId === span.id || !byId.has(parentId)) tops.push(span)
    else append(children, parentId, span)
  }
  const seen = new Set<Span>()
  const rows = walk(tops, children, byId, seen)
  for (const span of spans) {
    // Whatever is left hangs on a circle; cutting it anywhere makes it a tree.
    if (!seen.has(span)) rows.push(...walk([span], children, byId, seen))
  }
  return rows
}

type Pending = Pick<TreeRow, 'span' | 'depth' | 'openLevels' | 'isLast'>

/** Without recursion: a trace may be as deep as it has spans. */
function walk(tops: Span[], children: Map<string, Span[]>, byId: Map<string, Span>, seen: Set<Span>): TreeRow[] {
  const rows: TreeRow[] = []
  const stack: Pending[] = tops.map((span) => ({ span, depth: 0, openLevels: [], isLast: true })).reverse()
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { span, depth } = next
    if (seen.has(span)) continue
    seen.add(span)
    // A second span of the same id gets no children: they would be drawn twice.
    const below = byId.get(span.id) === span ? (children.get(span.id) ?? []).filter((child) => !seen.has(child)) : []
    const parent = depth > 0 && span.parentId !== undefined ? byId.get(span.parentId) : undefined
    const orphaned = depth === 0 ? whyOrphaned(span, byId) : undefined
    rows.push({ ...next, hasChildren: below.length > 0, orphaned, skewMicros: skewOf(span, parent) })
    const openLevels = depth === 0 ? [] : [...next.openLevels, !next.isLast].slice(0, MAX_DRAWN_LEVELS)
    for (const [index, child] of [...below.entries()].reverse()) {
      stack.push({ span: child, depth: depth + 1, openLevels, isLast: index === below.length - 1 })
    }
  }
  return rows
}

function append(children: Map<string, Span[]>, parentId: string, span: Span): void {
  const siblings = children.get(parentId)
  if (siblings) siblings.push(span)
  else children.set(parentId, [span])
}

function whyOrphaned({ parentId }: Span, byId: Map<string, Span>): TreeRow['orphaned'] {
  if (parentId === undefined) return undefined
  return byId.has(parentId) ? 'circle' : 'missing'
}

function skewOf(span: Span, parent: Span | undefined): number | undefined {
  const early = parent ? parent.startMicros - span.startMicros : 0
  return early > CLOCK_JITTER_MICROS ? early : undefined
}

export type TraceFacts = {
  startMicros: number
  durationMicros: number
  /** The earliest span without a parent, or the earliest of all when every one has lost its parent. */
  root: Span
  services: string[]
  errors: number
}

/** Throws on an empty trace, which no backend answers. */
export function describeTrace(spans: readonly Span[]): TraceFacts {
  const byStart = [...spans].sort((one, other) => one.startMicros - other.startMicros)
  const [first] = byStart
  if (!first) throw new Error('a trace without spans')
  const endMicros = spans.reduce((end, span) => Math.max(end, span.startMicros + span.durationMicros), 0)
  return {
    startMicros: first.startMicros,
    durationMicros: endMicros - first.startMicros,
    root: byStart.find((span) => span.parentId === undefined) ?? first,
    services: [...new Set(byStart.map((span) => span.service))],
    errors: spans.filter((span) => span.isError).length,
  }
}
