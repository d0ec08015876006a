// Which spans of a trace are rows of the waterfall: all but those below a collapsed one. Pure.
import type { Trace } from './trace-model.ts'

/** Indexes of spans, in tree order. Linear in the number of spans, and faster the more is collapsed. */
export function visibleRows({ spans }: Trace, collapsed: ReadonlySet<number>): number[] {
  const rows: number[] = []
  for (let index = 0; index < spans.length; index++) {
    rows.push(index)
    if (collapsed.has(index)) index += spans[index]?.descendants ?? 0
  }
  return rows
}

/** Without those above a span, so that it is to be seen. */
export function expandTo({ spans }: Trace, index: number, collapsed: ReadonlySet<number>): ReadonlySet<number> {
  const next = new Set(collapsed)
  for (let parent = spans[index]?.parent; parent !== undefined; parent = spans[parent]?.parent) next.delete(parent)
  return next.size === collapsed.size ? collapsed : next
}

/** Everything at a depth and below folded into its parent. */
export function collapseBelow({ spans }: Trace, depth: number): ReadonlySet<number> {
  return new Set(spans.filter((span) => span.children.length > 0 && span.depth >= depth).map(({ index }) => index))
}
