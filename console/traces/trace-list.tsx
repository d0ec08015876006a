// What a search found, one line a trace; two of them can be chosen to be compared.
import { useState } from 'react'
import { Link } from 'wouter'
import { formatMicros, formatTimeMs } from '../shell/clock.ts'
import { rootOf, type Trace } from './trace-model.ts'

type Order = 'newest' | 'longest' | 'most spans' | 'most errors'
const orders: Record<Order, (one: Trace, other: Trace) => number> = {
  newest: (one, other) => other.startMicros - one.startMicros,
  longest: (one, other) => other.durationMicros - one.durationMicros,
  'most spans': (one, other) => other.spans.length - one.spans.length,
  'most errors': (one, other) => other.errors - one.errors || other.startMicros - one.startMicros,
}

export function TraceList({ traces, colours }: { traces: readonly Trace[]; colours: ReadonlyMap<string, string> }) {
  const [order, setOrder] = useState<Order>('newest')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const longest = traces.reduce((most, { durationMicros }) => Math.max(most, durationMicros), 1)
  const sorted = [...traces].sort(orders[order])
  // The third takes the place of the first.
  const choose = (id: string) =>
    setChosen((before) => (before.includes(id) ? before.filter((each) => each !== id) : [...before, id].slice(-2)))
  const [a, b] = chosen
  return (
    <section className="panel" aria-label="Traces found">
      <div className="panel-head">
        <label className="inline">
          <span className="hint">Sort by</span>
          {/* The options are the keys of the table above. */}
          <select className="select-s" value={order} onChange={(event) => setOrder(event.target.value as Order)}>
            {Object.keys(orders).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {a && b ? (
          <Link className="button button-s button-primary" href={`/traces/compare/${a}/${b}`}>
            Compare the two
          </Link>
        ) : (
          <span className="hint compare-hint">Tick two to compare them</span>
        )}
      </div>
      <ul className="trace-list">
        {sorted.map((trace) => (
          <TraceItem
            key={trace.id}
            trace={trace}
            colours={colours}
            share={trace.durationMicros / longest}
            chosen={chosen.includes(trace.id)}
            onChoose={() => choose(trace.id)}
          />
        ))}
      </ul>
    </section>
  )
}

type ItemProps = {
  trace: Trace
  colours: ReadonlyMap<string, string>
  share: number
  chosen: boolean
  onChoose: () => void
}

function TraceItem({ trace, colours, share, chosen, onChoose }: ItemProps) {
  const root = rootOf(trace)
  const title = `${root?.service ?? ''} ${root?.name ?? ''}`
  return (
    <li className="trace-item">
      <input
        type="checkbox"
        checked={chosen}
        onChange={onChoose}
        aria-label={`Compare ${title}, ${formatMicros(trace.durationMicros)}`}
      />
      <Link href={`/traces/${trace.id}`} className="trace-link">
        <span className="trace-title">
          <span className="swatch" style={{ background: colours.get(root?.service ?? '') }} aria-hidden="true" />
          <strong>{root?.service}</strong> <span className="trace-operation">{root?.name}</span>
          {trace.errors > 0 && (
            <span className="badge tone-error">
              {trace.errors} {trace.errors === 1 ? 'error' : 'errors'}
            </span>
          )}
        </span>
        <span className="trace-bar" aria-hidden="true">
          <span
            className={trace.errors > 0 ? 'fill fill-error' : 'fill'}
            style={{ width: `${Math.max(0.5, share * 100)}%` }}
          />
        </span>
        <span className="number trace-duration">{formatMicros(trace.durationMicros)}</span>
        <span className="number hint trace-spans">{trace.spans.length} spans</span>
        <span className="trace-services" title={trace.services.join(', ')}>
          {trace.services.map((service) => (
            <span key={service} className="swatch" style={{ background: colours.get(service) }} />
          ))}
          <span className="visually-hidden">{trace.services.length} services</span>
        </span>
        <span className="number hint trace-start">{formatTimeMs(trace.startMicros / 1000)}</span>
      </Link>
    </li>
  )
}
