// The waterfall of a trace: what is folded, found, chosen and zoomed, by mouse and by keyboard. The rows themselves are in waterfall-rows.tsx.
import { type CSSProperties, type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { groupBy } from '../shell/grouping.ts'
import { useShortcut } from '../shell/shortcuts.tsx'
import type { PathSegment } from './critical-path.ts'
import type { LogLine } from './logs-api.ts'
import { Minimap } from './minimap.tsx'
import { NameDivider, useNameWidth } from './name-divider.tsx'
import { findSpans } from './span-search.ts'
import { TimeAxis } from './time-axis.tsx'
import type { Trace } from './trace-model.ts'
import { useWaterfallState } from './use-waterfall-state.ts'
import { pan, type ViewWindow, wholeWindow, zoom } from './view-window.ts'
import { visibleRows } from './visible-rows.ts'
import { WaterfallRows } from './waterfall-rows.tsx'
import { WaterfallTools } from './waterfall-tools.tsx'

const ZOOM_STEP = 0.6

const noSegments: ReadonlyMap<number, PathSegment[]> = new Map()

type Props = {
  trace: Trace
  /** CSS colour by index of the span. */
  colours: readonly string[]
  path: readonly PathSegment[]
  logsBySpan: ReadonlyMap<string, LogLine[]>
  chosen: number | undefined
  onChoose: (index: number | undefined) => void
  query: string
  onQuery: (text: string) => void
}

export function Waterfall({ trace, colours, path, logsBySpan, chosen, onChoose, query, onQuery }: Props) {
  const { collapsed, toggle, reveal, toggleAll, window, changeWindow, showPath, setShowPath } = useWaterfallState(trace)
  const [active, setActive] = useActiveSpan(trace, chosen ?? 0)
  const [nameWidth, setNameWidth] = useNameWidth()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => visibleRows(trace, collapsed), [trace, collapsed])
  const rowOf = useMemo(() => new Map(rows.map((span, row) => [span, row])), [rows])
  const segments = useMemo(() => groupBy(path, ({ span }) => span), [path])
  const matches = useMemo(() => findSpans(trace, query), [trace, query])
  const matching = useMemo(() => (query.trim() ? new Set(matches) : undefined), [matches, query])
  const goTo = useCallback(
    (index: number) => {
      reveal(index)
      setActive(index)
    },
    [reveal, setActive],
  )
  const chosenId = chosen === undefined ? undefined : trace.spans[chosen]?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same span, at another place of a trace that grew, has been gone to
  useEffect(() => {
    if (chosen !== undefined) goTo(chosen)
  }, [chosenId])
  const step = (list: readonly number[], by: 1 | -1) => {
    if (list.length === 0) return
    const next = by === 1 ? list.find((index) => index > active) : list.findLast((index) => index < active)
    goTo(next ?? (by === 1 ? list[0] : list.at(-1)) ?? 0)
  }
  const errors = useMemo(() => trace.spans.filter(({ error }) => error).map(({ index }) => index), [trace])
  useShortcut('n', 'Next span that was found', () => step(matches, 1))
  useShortcut('N', 'Previous span that was found', () => step(matches, -1))
  useShortcut('e', 'Next error', () => step(errors, 1))
  useShortcut('c', 'Critical path on or off', () => setShowPath(!showPath))
  useShortcut('+', 'Zoom in', () => changeWindow((before) => zoom(before, ZOOM_STEP)))
  useShortcut('-', 'Zoom out', () => changeWindow((before) => zoom(before, 1 / ZOOM_STEP)))
  useShortcut('0', 'The whole trace', () => changeWindow(() => wholeWindow))
  useShortcut('[', 'Earlier', () => changeWindow((before) => pan(before, -0.25)))
  useShortcut(']', 'Later', () => changeWindow((before) => pan(before, 0.25)))
  useWheelZoom(scroller, changeWindow)
  const choose = useCallback(
    (index: number) => {
      setActive(index)
      onChoose(index)
    },
    [onChoose, setActive],
  )
  const latestChoose = useRef(choose)
  latestChoose.current = choose
  const stableChoose = useCallback((index: number) => latestChoose.current(index), [])
  const onKey = (event: KeyboardEvent) => {
    const action = keyAction(event.key, { trace, rows, row: rowOf.get(active) ?? 0, active, collapsed })
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    if (action.kind === 'go') setActive(action.index)
    else if (action.kind === 'toggle') toggle(active)
    else if (action.kind === 'choose') onChoose(chosen === active ? undefined : active)
    else onChoose(undefined)
  }
  return (
    <div className="waterfall" style={nameWidth === undefined ? {} : ({ '--name': `${nameWidth}%` } as CSSProperties)}>
      <WaterfallTools
        query={query}
        onQuery={onQuery}
        found={matching ? matches.length : undefined}
        onStep={(by) => step(matches, by)}
        showPath={showPath}
        onShowPath={setShowPath}
        onCollapse={toggleAll}
        collapsed={collapsed.size > 0}
        zoomed={window.end - window.start < 1}
        onWhole={() => changeWindow(() => wholeWindow)}
      />
      <Minimap trace={trace} colours={colours} window={window} onWindow={(next) => changeWindow(() => next)} />
      <TimeAxis trace={trace} window={window} />
      <NameDivider percent={nameWidth} onChange={setNameWidth} />
      <WaterfallRows
        ref={scroller}
        trace={trace}
        colours={colours}
        rows={rows}
        rowOf={rowOf}
        window={window}
        segments={showPath ? segments : noSegments}
        logsBySpan={logsBySpan}
        collapsed={collapsed}
        active={active}
        chosen={chosen}
        matching={matching}
        onToggle={toggle}
        onChoose={stableChoose}
        onKey={onKey}
      />
    </div>
  )
}

/** The span that the keyboard is at, by index. Of a trace that grew, it is the same span, wherever it stands now. */
function useActiveSpan(trace: Trace, first: number): [number, (index: number) => void] {
  const [span, setSpan] = useState(trace.spans[first])
  const active = useMemo(() => {
    if (!span || trace.spans[span.index] === span) return span?.index ?? 0
    return Math.max(
      0,
      trace.spans.findIndex(({ id }) => id === span.id),
    )
  }, [trace, span])
  const setActive = useCallback((index: number) => setSpan(trace.spans[index]), [trace])
  return [active, setActive]
}

type Position = { trace: Trace; rows: readonly number[]; row: number; active: number; collapsed: ReadonlySet<number> }
type KeyAction = { kind: 'go'; index: number } | { kind: 'toggle' } | { kind: 'choose' } | { kind: 'close' }

/** As trees have it: https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ */
function keyAction(key: string, { trace, rows, row, active, collapsed }: Position): KeyAction | undefined {
  const go = (to: number): KeyAction => ({ kind: 'go', index: rows[Math.max(0, Math.min(rows.length - 1, to))] ?? 0 })
  const span = trace.spans[active]
  const foldable = (span?.children.length ?? 0) > 0
  if (key === 'ArrowDown' || key === 'j') return go(row + 1)
  if (key === 'ArrowUp' || key === 'k') return go(row - 1)
  if (key === 'PageDown') return go(row + 20)
  if (key === 'PageUp') return go(row - 20)
  if (key === 'Home') return go(0)
  if (key === 'End') return go(rows.length - 1)
  if (key === 'ArrowRight' && foldable) return collapsed.has(active) ? { kind: 'toggle' } : go(row + 1)
  if (key === 'ArrowLeft' && foldable && !collapsed.has(active)) return { kind: 'toggle' }
  if (key === 'ArrowLeft' && span?.parent !== undefined) return { kind: 'go', index: span.parent }
  if (key === 'Enter' || key === ' ') return { kind: 'choose' }
  return key === 'Escape' ? { kind: 'close' } : undefined
}

/** Ctrl and the wheel zoom where the pointer is, Shift and the wheel move; the wheel alone scrolls. */
function useWheelZoom(
  scroller: React.RefObject<HTMLDivElement | null>,
  changeWindow: (change: (before: ViewWindow) => ViewWindow) => void,
): void {
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return
      event.preventDefault()
      const lane = element.querySelector('.lane')?.getBoundingClientRect()
      const share = lane && lane.width > 0 ? Math.min(1, Math.max(0, (event.clientX - lane.left) / lane.width)) : 0.5
      const delta = event.deltaY || event.deltaX
      changeWindow((before) =>
        event.shiftKey
          ? pan(before, delta / 800)
          : zoom(before, 1.0015 ** delta, before.start + share * (before.end - before.start)),
      )
    }
    // React's own listeners are passive and could not keep the page from zooming.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [scroller, changeWindow])
}
