// Which spans of a waterfall are folded, as the address has it: everything from a depth on, or nothing, and the spans that were folded or
// unfolded one by one. They are known by their ids: a trace that grows keeps its folds, and a trace of thousands has a short address. Pure.
import type { Span, Trace } from './trace-model.ts'

export type Folds = {
  /** Spans at this depth and below are folded; undefined: none is. */
  depth: number | undefined
  /** Ids of those for which the opposite holds. */
  toggled: ReadonlySet<string>
}

export const noFolds: Folds = { depth: undefined, toggled: new Set() }

/** Servers refuse addresses of more than 8 kB or 16 kB: of more spans than these, those that were toggled first are forgotten. */
const MAX_TOGGLED = 200

/** `2.1f00ab….77e1…`: the depth, or nothing, and then ids. Dots stand in an address as they are. */
export function readFolds(text: string): Folds {
  const [depth = '', ...ids] = text.split('.')
  return { depth: /^\d{1,5}$/.test(depth) ? Number(depth) : undefined, toggled: new Set(ids.filter((id) => id !== '')) }
}

/** Empty when nothing is folded. */
export function writeFolds({ depth, toggled }: Folds): string {
  return [depth ?? '', ...[...toggled].slice(-MAX_TOGGLED)].join('.')
}

/** Indexes of folded spans. Linear in the number of spans. */
export function foldedSpans({ spans }: Trace, folds: Folds): ReadonlySet<number> {
  const folded = new Set<number>()
  for (const span of spans) if (isFolded(span, folds)) folded.add(span.index)
  return folded
}

export function toggleFold({ depth, toggled }: Folds, id: string): Folds {
  const next = new Set(toggled)
  if (!next.delete(id)) next.add(id)
  return { depth, toggled: next }
}

/** Without those above a span, so that it is to be seen. */
export function unfoldTo({ spans }: Trace, index: number, folds: Folds): Folds {
  let next = folds
  for (let at = spans[index]?.parent; at !== undefined; at = spans[at]?.parent) {
    const span = spans[at]
    if (span && isFolded(span, folds)) next = toggleFold(next, span.id)
  }
  return next
}

function isFolded({ id, depth, children }: Span, folds: Folds): boolean {
  if (children.length === 0) return false
  return (folds.depth !== undefined && depth >= folds.depth) !== folds.toggled.has(id)
}
