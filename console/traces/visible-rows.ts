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
