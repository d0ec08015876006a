// One trace: its shape in numbers, the waterfall or the graph, and the chosen span's details. All of what is shown stands in the address.
import { useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { deferred } from '../shell/deferred.tsx'
import { groupBy } from '../shell/grouping.ts'
import { Failure, Loading } from '../shell/notices.tsx'
import { useLoad } from '../shell/use-load.ts'
import { criticalPath } from './critical-path.ts'
import { fetchTrace } from './jaeger-api.ts'
import { fetchTraceLogs, type LogLine } from './logs-api.ts'
import { readColouring, serviceColours, spanColours } from './span-colours.ts'
import { SpanPanel } from './span-panel.tsx'
import { TraceHead } from './trace-head.tsx'
import type { Trace } from './trace-model.ts'
import { Waterfall } from './waterfall.tsx'

const TraceGraph = deferred(
  () => import('./trace-graph.tsx').then(({ TraceGraph }) => TraceGraph),
  <Loading what="the graph" />,
)

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
  const colouring = readColouring(params.get('colour'))
  const colours = useMemo(() => spanColours(trace, colouring), [trace, colouring])
  const services = useMemo(() => serviceColours(trace.services), [trace])
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
        colouring={colouring}
        onColour={(by) => set('colour', by === 'service' ? undefined : by)}
      />
      <div className="trace-body">
        {shown === 'graph' ? (
          <TraceGraph trace={trace} colours={services} />
        ) : (
          <Waterfall
            trace={trace}
            colours={colours.spans}
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
            colour={colours.spans[chosen.index]}
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
