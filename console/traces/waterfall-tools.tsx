// What can be done to a waterfall, above it.
import { useRef } from 'react'
import { useShortcut } from '../shell/shortcuts.tsx'

type Props = {
  query: string
  onQuery: (text: string) => void
  /** Spans that match; undefined while nothing is searched. */
  found: number | undefined
  onStep: (by: 1 | -1) => void
  showPath: boolean
  onShowPath: (show: boolean) => void
  collapsed: boolean
  onCollapse: () => void
  zoomed: boolean
  onWhole: () => void
}

export function WaterfallTools({ query, onQuery, found, onStep, ...props }: Props) {
  const input = useRef<HTMLInputElement>(null)
  useShortcut('/', 'Search within the trace', () => input.current?.focus())
  return (
    <div className="tools" role="toolbar" aria-label="Waterfall">
      <input
        ref={input}
        type="search"
        value={query}
        placeholder="Find spans: name, node, tag=value"
        aria-label="Find spans"
        spellCheck={false}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1)
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      {found !== undefined && (
        <span className="number hint" role="status">
          {found} found
        </span>
      )}
      <label className="check">
        <input type="checkbox" checked={props.showPath} onChange={(event) => props.onShowPath(event.target.checked)} />
        Critical path
      </label>
      <button type="button" className="button button-s" onClick={props.onCollapse}>
        {props.collapsed ? 'Unfold all' : 'Fold'}
      </button>
      <button type="button" className="button button-s" onClick={props.onWhole} disabled={!props.zoomed}>
        Whole trace
      </button>
      <ul className="tools-legend" aria-label="Legend">
        <li>
          <span className="legend-critical" /> critical path
        </li>
        <li>
          <span className="legend-gap" /> network
        </li>
        <li>
          <span className="legend-log" /> log
        </li>
      </ul>
    </div>
  )
}
