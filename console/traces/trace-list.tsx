// What a search found, one line a trace; two of them can be chosen to be compared.
import { Link, useSearchParams } from 'wouter'
import { tracePath } from '../links.ts'
import { formatMicros, formatTimeMs } from '../shell/clock.ts'
import { rootOf, type Trace } from './trace-model.ts'
import { withParam } from './use-settled-param.ts'
import { withWayBack } from './way-back.ts'

type Order = 'newest' | 'longest' | 'most spans' | 'most errors'
const orders: Record<Order, (one: Trace, other: Trace) => number> = {
  newest: (one, other) => other.startMicros - one.startMicros,
  longest: (one, other) => other.durationMicros - one.durationMicros,
  'most spans': (one, other) => other.spans.length - one.spans.length,
  'most errors': (one, other) => other.errors - one.errors || other.startMicros - one.startMicros,
}

/** Of the address: the ids of the traces that are ticked. */
export const TICKED = 'ticked'

export function TraceList({ traces, colours }: { traces: readonly Trace[]; colours: ReadonlyMap<string, string> }) {
  const [params, setParams] = useSearchParams()
  const set = (name: string, value: string | undefined) =>
    setParams((before) => withParam(before, name, value), { replace: true })
  const order = readOrder(params.get('order'))
  const chosen = readTicked(params.get(TICKED))
  const search = params.toString()
  const longest = traces.reduce((most, { durationMicros }) => Math.max(most, durationMicros), 1)
  const sorted = [...traces].sort(orders[order])
  // The third takes the place of the first.
  const choose = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id].slice(-2)
    set(TICKED, next.join('.'))
  }
  const [a, b] = chosen
  return (
    <section className="panel" aria-label="Traces found">
      <div className="panel-head">
        <label className="inline">
          <span className="hint">Sort by</span>
          <select
            className="select-s"
            value={order}
            onChange={(event) => set('order', event.target.value === 'newest' ? undefined : event.target.value)}
          >
            {Object.keys(orders).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {a && b ? (
          <Link className="button button-s button-primary" href={withWayBack(`/traces/compare/${a}/${b}`, search)}>
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
            href={withWayBack(tracePath(trace.id), search)}
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
  href: string
  chosen: boolean
  onChoose: () => void
}

function TraceItem({ trace, colours, share, href, chosen, onChoose }: ItemProps) {
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
      <Link href={href} className="trace-link">
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

function readOrder(text: string | null): Order {
  // What the table has is an order.
  return text !== null && Object.hasOwn(orders, text) ? (text as Order) : 'newest'
}

function readTicked(text: string | null): string[] {
  return (text ?? '')
    .split('.')
    .filter((id) => /^[0-9a-f]{1,32}$/i.test(id))
    .slice(-2)
}
