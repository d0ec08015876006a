// One span's row: where it stands in the tree, and when it was under way.
import { type CSSProperties, memo } from 'react'
import { formatMicros } from '../shell/clock.ts'
import { drawnSegments, type PathSegment } from './critical-path.ts'
import type { LogLine } from './logs-api.ts'
import { networkGap } from './network-gap.ts'
import type { Span, Trace } from './trace-model.ts'
import type { ViewWindow } from './view-window.ts'

/** Deeper ones are not indented further: the name would have no room. */
const MAX_INDENTS = 16

type Props = {
  trace: Trace
  span: Span
  top: number
  window: ViewWindow
  colour: string
  segments: readonly PathSegment[] | undefined
  logs: readonly LogLine[] | undefined
  collapsed: boolean
  active: boolean
  chosen: boolean
  dimmed: boolean
  onToggle: (index: number) => void
  onChoose: (index: number) => void
}

export const WaterfallRow = memo(function WaterfallRow(props: Props) {
  const { trace, span, top, colour, collapsed, active, chosen, dimmed, onToggle, onChoose } = props
  const foldable = span.children.length > 0
  const parent = span.parent === undefined ? undefined : trace.spans[span.parent]
  const newRegion = span.region !== '' && span.region !== parent?.region
  const classes = ['row', active ? 'row-active' : '', chosen ? 'row-chosen' : '', dimmed ? 'row-dimmed' : '']
  return (
    // The keyboard is the tree's: focus stays there, as aria-activedescendant has it.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore lint/a11y/useFocusableInteractive: see above
    <div
      id={`span-${span.index}`}
      role="treeitem"
      aria-level={span.depth + 1}
      aria-setsize={parent ? parent.children.length : trace.roots.length}
      aria-posinset={span.position}
      aria-expanded={foldable ? !collapsed : undefined}
      aria-selected={chosen}
      className={classes.join(' ')}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onChoose(span.index)}
    >
      <div
        className="row-name"
        style={{ paddingLeft: `calc(4px + ${Math.min(span.depth, MAX_INDENTS)} * var(--indent))` }}
      >
        {foldable ? (
          <span
            className="fold"
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation()
              onToggle(span.index)
            }}
          >
            {collapsed ? '▸' : '▾'}
          </span>
        ) : (
          <span className="fold" />
        )}
        <span className="row-colour" style={{ background: colour }} />
        {span.error && (
          <span className="row-error" title="error" aria-hidden="true">
            !
          </span>
        )}
        <span className="row-node">{span.node}</span>
        <span className="row-operation">
          {span.kind === 'client' || span.kind === 'producer' ? '→ ' : ''}
          {span.name}
        </span>
        {newRegion && <span className="row-region">{span.region}</span>}
        {collapsed && <span className="row-more">+{span.descendants}</span>}
        <span className="visually-hidden">
          {span.error ? ', error' : ''}, {formatMicros(span.durationMicros)} of {span.service}
        </span>
      </div>
      <Lane {...props} />
    </div>
  )
})

function Lane({ trace, span, window, colour, segments, logs }: Props) {
  const place = placer(trace, window)
  const left = place(span.startMicros)
  const width = place(span.startMicros + span.durationMicros) - left
  const gap = networkGap(trace, span)
  const label = durationPlace(left, left + width)
  const drawn = segments ? drawnSegments(segments, drawnWindow(trace, window)) : []
  return (
    <div className="lane" aria-hidden="true">
      {left <= 100 && left + width >= 0 && (
        <div
          className={span.error ? 'bar bar-error' : 'bar'}
          style={{ left: `${left}%`, width: `${width}%`, background: colour }}
        >
          {gap && span.durationMicros > 0 && (
            <>
              <span className="gap" style={{ left: 0, width: `${(gap.outMicros / span.durationMicros) * 100}%` }} />
              <span className="gap" style={{ right: 0, width: `${(gap.backMicros / span.durationMicros) * 100}%` }} />
            </>
          )}
        </div>
      )}
      {drawn.map(({ startMicros, endMicros }) => (
        <span
          key={startMicros}
          className="critical"
          style={{ left: `${place(startMicros)}%`, width: `${place(endMicros) - place(startMicros)}%` }}
        />
      ))}
      {span.events.slice(0, 30).map(({ timeMicros, name }, index) => (
        // Events have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <span key={index} className="event" title={name} style={{ left: `${place(timeMicros)}%` }} />
      ))}
      {logs?.slice(0, 30).map(({ timeMicros, body, severity }, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
          key={index}
          className={severity === 'ERROR' || severity === 'FATAL' ? 'log-mark log-mark-error' : 'log-mark'}
          title={body}
          style={{ left: `${place(timeMicros)}%` }}
        />
      ))}
      <span className={`number bar-duration ${label.className}`} style={label.style}>
        {formatMicros(span.durationMicros)}
      </span>
    </div>
  )
}

/** Position in % of the lane, of a time in µs. */
function placer({ startMicros, durationMicros }: Trace, { start, end }: ViewWindow): (micros: number) => number {
  const whole = Math.max(1, durationMicros)
  return (micros) => (((micros - startMicros) / whole - start) / (end - start)) * 100
}

/** Narrower than a lane's 1/500, two segments look like one. */
const LANE_STEPS = 500

function drawnWindow({ startMicros, durationMicros }: Trace, { start, end }: ViewWindow) {
  return {
    startMicros: startMicros + start * durationMicros,
    endMicros: startMicros + end * durationMicros,
    gapMicros: ((end - start) * durationMicros) / LANE_STEPS,
  }
}

/** Where a bar's duration stands: after it, before it, or, when it fills the lane, on it. Ends in % of the lane. */
function durationPlace(left: number, right: number): { className: string; style: CSSProperties } {
  if (right <= 88) return { className: '', style: { left: `${Math.max(0, right)}%`, paddingLeft: 5 } }
  if (left > 12) return { className: '', style: { right: `${100 - Math.min(100, left)}%`, paddingRight: 5 } }
  return { className: 'bar-duration-inside', style: { right: 6 } }
}
