// Above a trace: what it is, its shape in numbers, what its colours mean, and how it is shown.
import { Link } from 'wouter'
import { formatDateTime, formatMicros } from '../shell/clock.ts'
import { type Colouring, colourings, readColouring, type SpanColours } from './span-colours.ts'
import { rootOf, type Trace } from './trace-model.ts'

type HeadProps = {
  trace: Trace
  colours: SpanColours
  colouring: Colouring
  onColour: (by: Colouring) => void
  /** More of it may come. */
  arriving: boolean
  onReload: () => void
  /** Address of the search. */
  back: string
  shown: 'graph' | 'waterfall'
  onShow: (view: 'graph' | 'waterfall') => void
}

export function TraceHead({ trace, colours, colouring, onColour, arriving, onReload, back, shown, onShow }: HeadProps) {
  const root = rootOf(trace)
  const orphans = trace.spans.filter(({ orphan }) => orphan).length
  return (
    <div className="trace-head">
      <Link href={back} className="back" aria-label="Back to the search">
        ←
      </Link>
      <div className="trace-name">
        <h1>
          <span className="hint">{root?.service}</span> {root?.name}
        </h1>
        <p className="trace-facts">
          <strong className="number">{formatMicros(trace.durationMicros)}</strong>
          <span className="number">{formatDateTime(trace.startMicros / 1000)}</span>
          <span>{trace.spans.length} spans</span>
          {trace.errors > 0 && (
            <span className="badge tone-error">{trace.errors === 1 ? '1 error' : `${trace.errors} errors`}</span>
          )}
          {orphans > 0 && (
            <span className="badge tone-warn" title="Their parents are not in the trace: still on the way, or lost">
              {orphans} without a parent
            </span>
          )}
          <code className="trace-id hint">{trace.id}</code>
          <span className="hint" role="status">
            {arriving && 'still arriving …'}
          </span>
        </p>
      </div>
      {shown === 'waterfall' && <Legend colours={colours} by={colouring} onColour={onColour} />}
      <fieldset className="segments">
        <legend className="visually-hidden">Show as</legend>
        <button
          type="button"
          className="button button-s"
          aria-pressed={shown === 'waterfall'}
          onClick={() => onShow('waterfall')}
        >
          Waterfall
        </button>
        <button
          type="button"
          className="button button-s"
          aria-pressed={shown === 'graph'}
          onClick={() => onShow('graph')}
        >
          Graph
        </button>
        <button type="button" className="button button-s" onClick={onReload}>
          Reload
        </button>
      </fieldset>
    </div>
  )
}

/** More names than these tell nothing; the rows name every one. */
const MAX_NAMES = 16

type LegendProps = { colours: SpanColours; by: Colouring; onColour: (by: Colouring) => void }

function Legend({ colours: { legend }, by, onColour }: LegendProps) {
  const names = [...legend]
  return (
    <div className="trace-legend">
      <ul aria-label={`Colours by ${by}`}>
        {names.slice(0, MAX_NAMES).map(([name, colour]) => (
          <li key={name}>
            <span className="swatch" style={{ background: colour }} /> {name}
          </li>
        ))}
        {names.length > MAX_NAMES && <li>and {names.length - MAX_NAMES} more</li>}
      </ul>
      <select
        className="select-s"
        aria-label="Colours by"
        value={by}
        onChange={(event) => onColour(readColouring(event.target.value))}
      >
        {colourings.map((each) => (
          <option key={each} value={each}>
            by {each}
          </option>
        ))}
      </select>
    </div>
  )
}
