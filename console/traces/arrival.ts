// Whether a trace is still arriving. Every node exports its spans each second, and its logs apart from them: of a trace that was just made,
// a part is there at first. Pure: it is told what each look at the trace showed, and when. Times in ms since the epoch.

/** Exports come each second, and one that failed comes again. After this long without anything new, nothing more is expected. */
const QUIET_MS = 5_000
/** A fresh trace of which nothing is there yet is waited for this long. */
const MISSING_MS = 15_000
/** Nobody goes on looking for longer than this, whatever still comes; who wants to can reload. */
const MOST_MS = 60_000

export type Arrival = {
  /** It was made a moment ago, by whoever looks at it now. */
  fresh: boolean
  openedMs: number
  /** When something came last. */
  newsMs: number
  /** How many have come; undefined before the first look. */
  spans: number | undefined
  lines: number | undefined
  /** Another look may show more. */
  arriving: boolean
}

/** What a look showed: nothing, spans of a trace that ends at `endMs`, or log lines. */
export type Look = { atMs: number } & (
  | { kind: 'nothing' }
  | { kind: 'spans'; count: number; endMs: number }
  | { kind: 'lines'; count: number }
)

/** Before the first look. */
export function opened(fresh: boolean, nowMs: number): Arrival {
  return { fresh, openedMs: nowMs, newsMs: fresh ? nowMs : 0, spans: undefined, lines: undefined, arriving: false }
}

/** What is known after another look. */
export function afterLook(before: Arrival, look: Look): Arrival {
  const { atMs } = look
  const next = { ...before, newsMs: Math.max(before.newsMs, newsOf(before, look)) }
  if (look.kind === 'spans') next.spans = look.count
  if (look.kind === 'lines') next.lines = look.count
  const patienceMs = next.spans === undefined ? MISSING_MS : QUIET_MS
  next.arriving = atMs - next.newsMs < patienceMs && atMs - next.openedMs < MOST_MS
  return next
}

/** When what a look showed came; 0 when it is nothing new. */
function newsOf({ fresh, spans, lines }: Arrival, look: Look): number {
  if (look.kind === 'nothing') return 0
  if (look.kind === 'lines') return lines === undefined || lines === look.count ? 0 : look.atMs
  // Who opens a trace later knows of it only when it was made. Its clock may be another one.
  if (spans === undefined) return fresh ? look.atMs : Math.min(look.endMs, look.atMs)
  return spans === look.count ? 0 : look.atMs
}
