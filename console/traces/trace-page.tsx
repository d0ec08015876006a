// One trace: its shape in numbers, the waterfall or the graph, and the chosen span's details. All of what is shown stands in the address.
import { lazy, Suspense, useMemo } from 'react'
import { Link, useSearchParams } from 'wouter'
import { formatDateTime, formatMicros } from '../shell/clock.ts'
import { groupBy } from '../shell/grouping.ts'
import { Failure, Loading } from '../shell/notices.tsx'
import { useLoad } from '../shell/use-load.ts'
import { criticalPath } from './critical-path.ts'
import { fetchTrace } from './jaeger-api.ts'
import { fetchTraceLogs, type LogLine } from './logs-api.ts'
import { serviceColours } from './span-colours.ts'
import { SpanPanel } from './span-panel.tsx'
import { rootOf, type Trace } from './trace-model.ts'
import { Waterfall } from './waterfall.tsx'

const TraceGraph = lazy(() => import('./trace-graph.tsx').then(({ TraceGraph }) => ({ default: TraceGraph })))

/** A trace that is still arriving is looked at again, this often, this long. */
const YOUNG_MS = 15_000
const AGAIN_MS = 2_000

export function TracePage({ id }: { id: string }) {
  const trace = useLoad(id, (signal) => fetchYoung(id, signal))
  const logs = useLoad(id, (signal) => fetchTraceLogs(id, signal))
  if (trace.error && !trace.data) return <Failure error={trace.error} what="The trace" onRetry={trace.reload} />
  if (!trace.data) return <Loading what="the trace" />
  return <LoadedTrace trace={trace.data} logs={logs.data} onReload={trace.reload} />
}

/** A trace that was just made may not have been exported yet: it is waited for a little. */
async function fetchYoung(id: string, signal: AbortSignal): Promise<Trace> {
  const until = Date.now() + YOUNG_MS
  for (;;) {
    try {
      return await fetchTrace(id, signal)
    } catch (error) {
      const missing = error instanceof Error && 'status' in error && error.status === 404
      const young = new URLSearchParams(location.search).has('fresh')
      if (!missing || !young || signal.aborted || Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}

function LoadedTrace({ trace, logs, onReload }: { trace: Trace; logs: LogLine[] | undefined; onReload: () => void }) {
  const [params, setParams] = useSearchParams()
  const colours = useMemo(() => serviceColours(trace.services), [trace])
  const path = useMemo(() => criticalPath(trace), [trace])
  const logsBySpan = useMemo(() => groupBy(logs ?? [], ({ spanId }) => spanId), [logs])
  const shown = params.get('view') === 'graph' ? 'graph' : 'waterfall'
  const chosen = trace.spans.find((span) => span.id === params.get('span'))
  const set = (name: string, value: string | undefined) =>
    setParams(
      (before) => {
        if (value) before.set(name, value)
        else before.delete(name)
        return before
      },
      { replace: true },
    )
  return (
    <div className="trace-page">
      <TraceHead
        trace={trace}
        colours={colours}
        onReload={onReload}
        shown={shown}
        onShow={(view) => set('view', view === 'graph' ? view : undefined)}
      />
      <div className="trace-body">
        {shown === 'graph' ? (
          <Suspense fallback={<Loading what="the graph" />}>
            <TraceGraph trace={trace} colours={colours} />
          </Suspense>
        ) : (
          <Waterfall
            trace={trace}
            colours={colours}
            path={path}
            logsBySpan={logsBySpan}
            chosen={chosen?.index}
            onChoose={(index) => set('span', index === undefined ? undefined : trace.spans[index]?.id)}
            query={params.get('q') ?? ''}
            onQuery={(text) => set('q', text)}
          />
        )}
        {chosen && shown === 'waterfall' && (
          <SpanPanel
            trace={trace}
            span={chosen}
            colours={colours}
            path={path}
            logs={logs === undefined ? undefined : (logsBySpan.get(chosen.id) ?? [])}
            onClose={() => set('span', undefined)}
            onChoose={(index) => set('span', trace.spans[index]?.id)}
          />
        )}
      </div>
    </div>
  )
}

type HeadProps = {
  trace: Trace
  colours: ReadonlyMap<string, string>
  onReload: () => void
  shown: 'graph' | 'waterfall'
  onShow: (view: 'graph' | 'waterfall') => void
}

function TraceHead({ trace, colours, onReload, shown, onShow }: HeadProps) {
  const root = rootOf(trace)
  const orphans = trace.spans.filter(({ orphan }) => orphan).length
  return (
    <div className="trace-head">
      <Link href="/traces" className="back" aria-label="Back to the search">
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
        </p>
      </div>
      <ul className="trace-legend" aria-label="Services">
        {trace.services.slice(0, 14).map((service) => (
          <li key={service}>
            <span className="swatch" style={{ background: colours.get(service) }} /> {service}
          </li>
        ))}
      </ul>
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
