// Two traces, call by call: what only one of them did, and what took longer.
import { useMemo } from 'react'
import { Link, useSearchParams } from 'wouter'
import { tracePath } from '../links.ts'
import { formatMicros } from '../shell/clock.ts'
import { Failure, Loading } from '../shell/notices.tsx'
import { useLoad } from '../shell/use-load.ts'
import { type CallTotals, type ComparedCall, compareTraces } from './compare-traces.ts'
import { fetchTrace } from './jaeger-api.ts'
import { serviceColours } from './span-colours.ts'
import { rootOf, type Trace } from './trace-model.ts'
import { withParam } from './use-settled-param.ts'
import { keepWayBack, wayBack } from './way-back.ts'

const MAX_ROWS = 1_000

export function ComparePage({ a, b }: { a: string; b: string }) {
  const first = useLoad(a, (signal) => fetchTrace(a, signal))
  const second = useLoad(b, (signal) => fetchTrace(b, signal))
  const error = first.error ?? second.error
  if (error)
    return <Failure error={error} what="One of the traces" onRetry={() => (first.error ? first : second).reload()} />
  if (!first.data || !second.data) return <Loading what="both traces" />
  return <Compared a={first.data} b={second.data} />
}

function Compared({ a, b }: { a: Trace; b: Trace }) {
  const [params, setParams] = useSearchParams()
  const differing = params.has('differing')
  const setDiffering = (only: boolean) =>
    setParams((before) => withParam(before, 'differing', only ? '1' : undefined), { replace: true })
  const rows = useMemo(() => compareTraces(a, b), [a, b])
  const colours = useMemo(() => serviceColours([...new Set([...a.services, ...b.services])]), [a, b])
  const largest = rows.reduce((most, { deltaMicros }) => Math.max(most, Math.abs(deltaMicros)), 1)
  const shown = differing ? rows.filter((row) => !row.a || !row.b || Math.abs(row.deltaMicros) > largest * 0.05) : rows
  return (
    <div className="compare-page">
      <div className="trace-head">
        <Link href={wayBack(params)} className="back" aria-label="Back to the search">
          ←
        </Link>
        <h1>Two traces compared</h1>
        <label className="check">
          <input type="checkbox" checked={differing} onChange={(event) => setDiffering(event.target.checked)} /> Only
          what differs
        </label>
      </div>
      <div className="compare-table panel">
        <table>
          <thead>
            <tr>
              <th scope="col">Call</th>
              <SideHead side="A" trace={a} href={keepWayBack(tracePath(a.id), params)} />
              <SideHead side="B" trace={b} href={keepWayBack(tracePath(b.id), params)} />
              <th scope="col" className="right">
                B less A
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, MAX_ROWS).map((row) => (
              <Row key={row.key} row={row} largest={largest} colour={colours.get(row.service)} />
            ))}
          </tbody>
        </table>
        {shown.length > MAX_ROWS && <p className="hint more">{shown.length - MAX_ROWS} more calls are not shown</p>}
      </div>
    </div>
  )
}

function SideHead({ side, trace, href }: { side: string; trace: Trace; href: string }) {
  return (
    <th scope="col" className="right">
      <Link href={href} title={rootOf(trace)?.name}>
        {side}: {formatMicros(trace.durationMicros)}
      </Link>
      <span className="hint"> {trace.spans.length} spans</span>
    </th>
  )
}

function Row({ row, largest, colour }: { row: ComparedCall; largest: number; colour: string | undefined }) {
  const share = Math.abs(row.deltaMicros) / largest
  const tone = row.a && row.b ? '' : row.b ? 'only-b' : 'only-a'
  return (
    <tr className={tone}>
      <th scope="row" style={{ paddingLeft: 12 + Math.min(row.depth, 18) * 12 }}>
        <span className="swatch" style={{ background: colour }} /> <span className="hint">{row.service}</span>{' '}
        {row.name}
      </th>
      <Totals totals={row.a} />
      <Totals totals={row.b} />
      <td className="right delta">
        <span
          className={row.deltaMicros > 0 ? 'delta-bar delta-slower' : 'delta-bar delta-faster'}
          style={{ width: `${share * 60}px` }}
          aria-hidden="true"
        />
        <span className="number">
          {row.deltaMicros > 0 ? '+' : ''}
          {formatMicros(row.deltaMicros)}
        </span>
      </td>
    </tr>
  )
}

function Totals({ totals }: { totals: CallTotals | undefined }) {
  if (!totals) return <td className="right hint">–</td>
  return (
    <td className="right number">
      {totals.errors > 0 && <span className="tone-error">! </span>}
      {totals.count > 1 && <span className="hint">{totals.count} × </span>}
      {formatMicros(totals.durationMicros)}
    </td>
  )
}
