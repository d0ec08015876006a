// One trace: its shape in numbers, the waterfall or the graph, and the chosen span's details. All of what is shown stands in the address.
import { useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { ApiError } from '../shell/api.ts'
import { deferred } from '../shell/deferred.tsx'
import { groupBy } from '../shell/grouping.ts'
import { Failure, Loading } from '../shell/notices.tsx'
import { criticalPath } from './critical-path.ts'
import { readColouring, serviceColours, spanColours } from './span-colours.ts'
import { SpanPanel } from './span-panel.tsx'
import { TraceHead } from './trace-head.tsx'
import type { Trace } from './trace-model.ts'
import { type ArrivingTrace, useArrivingTrace } from './use-arriving-trace.ts'
import { withParam } from './use-settled-param.ts'
import { Waterfall } from './waterfall.tsx'
import { wayBack } from './way-back.ts'

const TraceGraph = deferred(
  () => import('./trace-graph.tsx').then(({ TraceGraph }) => TraceGraph),
  <Loading what="the graph" />,
)

export function TracePage({ id }: { id: string }) {
  const [params] = useSearchParams()
  const { trace, error, ...arriving } = useArrivingTrace(id, params.has('fresh'))
  if (trace) return <LoadedTrace trace={trace} {...arriving} />
  const awaited = arriving.arriving && error instanceof ApiError && error.status === 404
  if (error && !awaited) return <Failure error={error} what="The trace" onRetry={arriving.reload} />
  return <Loading what="the trace" />
}

type LoadedProps = Omit<ArrivingTrace, 'trace' | 'error'> & { trace: Trace }

function LoadedTrace({ trace, logs, arriving, reload }: LoadedProps) {
  const [params, setParams] = useSearchParams()
  const colouring = readColouring(params.get('colour'))
  const colours = useMemo(() => spanColours(trace, colouring), [trace, colouring])
  const services = useMemo(() => serviceColours(trace.services), [trace])
  const path = useMemo(() => criticalPath(trace), [trace])
  const logsBySpan = useMemo(() => groupBy(logs ?? [], ({ spanId }) => spanId), [logs])
  const shown = params.get('view') === 'graph' ? 'graph' : 'waterfall'
  const chosen = trace.spans.find((span) => span.id === params.get('span'))
  const set = (name: string, value: string | undefined) =>
    setParams((before) => withParam(before, name, value), { replace: true })
  return (
    <div className="trace-page">
      <TraceHead
        trace={trace}
        colours={colours}
        arriving={arriving}
        onReload={reload}
        back={wayBack(params)}
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
