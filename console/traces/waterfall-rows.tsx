// The rows of a waterfall, drawn only where they are looked at: ten thousand cost what fifty do, and scrolling draws nothing else anew.
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import type { PathSegment } from './critical-path.ts'
import type { LogLine } from './logs-api.ts'
import type { Trace } from './trace-model.ts'
import type { ViewWindow } from './view-window.ts'
import { WaterfallRow } from './waterfall-row.tsx'

const ROW_HEIGHT = 26
const OVERSCAN = 10

type Props = {
  /** What scrolls. */
  ref: RefObject<HTMLDivElement | null>
  trace: Trace
  /** CSS colour by index of the span. */
  colours: readonly string[]
  /** Indexes of spans, in order. */
  rows: readonly number[]
  /** The other way about. */
  rowOf: ReadonlyMap<number, number>
  window: ViewWindow
  segments: ReadonlyMap<number, PathSegment[]>
  logsBySpan: ReadonlyMap<string, LogLine[]>
  collapsed: ReadonlySet<number>
  active: number
  chosen: number | undefined
  /** Undefined while nothing is searched. */
  matching: ReadonlySet<number> | undefined
  onToggle: (index: number) => void
  onChoose: (index: number) => void
  onKey: (event: KeyboardEvent) => void
}

export const WaterfallRows = memo(function WaterfallRows(props: Props) {
  const { ref, trace, rows, active, chosen, collapsed, matching, onKey } = props
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => ref.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    // Rows are there at the first drawing, as many as the window may show, and the page need not be laid out to know how many.
    initialRect: { width: 0, height: window.innerHeight },
    observeElementRect: observeHeight,
  })
  const activeRow = props.rowOf.get(active) ?? -1
  useKeptPlace(props)
  const activeId = trace.spans[active]?.id
  const shown = useRef({ id: trace.spans[0]?.id, row: 0, trace })
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a move to another row is a reason to scroll
  useEffect(() => {
    const before = shown.current
    shown.current = { id: activeId, row: activeRow, trace }
    // A trace that grew has put the row elsewhere; whoever reads another one stays there.
    const moved = activeRow !== before.row && (before.trace === trace || activeId !== before.id)
    if (activeRow >= 0 && moved) virtual.scrollToIndex(activeRow, { align: 'auto' })
  }, [activeRow, activeId, trace])
  return (
    <div
      ref={ref}
      className="waterfall-rows"
      role="tree"
      aria-label="Spans"
      tabIndex={0}
      aria-activedescendant={activeRow >= 0 ? `span-${active}` : undefined}
      onKeyDown={onKey}
    >
      <div role="none" className="waterfall-space" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const span = trace.spans[rows[item.index] ?? 0]
          if (!span) return null
          return (
            <WaterfallRow
              key={span.index}
              trace={trace}
              span={span}
              top={item.start}
              window={props.window}
              colour={props.colours[span.index] ?? 'var(--line-strong)'}
              segments={props.segments.get(span.index)}
              logs={props.logsBySpan.get(span.id)}
              collapsed={collapsed.has(span.index)}
              active={span.index === active}
              chosen={span.index === chosen}
              dimmed={matching !== undefined && !matching.has(span.index)}
              onToggle={props.onToggle}
              onChoose={props.onChoose}
            />
          )
        })}
      </div>
    </div>
  )
})

/** Rows that arrive above what is read do not move it: what was on top stays there. At the very top, that is the new ones. */
function useKeptPlace({ ref, trace, rows, rowOf }: Props): void {
  const drawn = useRef({ trace, rows })
  useLayoutEffect(() => {
    const before = drawn.current
    drawn.current = { trace, rows }
    const element = ref.current
    if (before.trace === trace || !element || element.scrollTop === 0) return
    const top = Math.floor(element.scrollTop / ROW_HEIGHT)
    const id = before.trace.spans[before.rows[top] ?? -1]?.id
    const row = rowOf.get(trace.spans.findIndex((span) => span.id === id))
    if (row !== undefined) element.scrollTop += (row - top) * ROW_HEIGHT
  }, [ref, trace, rows, rowOf])
}

/** By what the page is laid out to anyway, never by asking for it. */
function observeHeight(
  { scrollElement }: Virtualizer<HTMLDivElement, Element>,
  tell: (rect: { width: number; height: number }) => void,
): (() => void) | undefined {
  if (!scrollElement) return undefined
  const sizes = new ResizeObserver(([entry]) => {
    if (entry) tell({ width: Math.round(entry.contentRect.width), height: Math.round(entry.contentRect.height) })
  })
  sizes.observe(scrollElement)
  return () => sizes.disconnect()
}
