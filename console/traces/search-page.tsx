// The search for traces: what to look for, what was found as a scatter and a list, and why some of it differs.
import { useEffect, useMemo, useRef, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { tracePath } from '../links.ts'
import { deferred } from '../shell/deferred.tsx'
import { Empty, Failure, Loading } from '../shell/notices.tsx'
import { useShortcut } from '../shell/shortcuts.tsx'
import { useLoad } from '../shell/use-load.ts'
import { useTimeRange } from '../shell/use-time-range.ts'
import { divide, readSelection, type Selection, selectionLabel, writeSelection } from '../why/selection.ts'
import { fetchServices, fetchTraces } from './jaeger-api.ts'
import { RegionForm } from './region-form.tsx'
import { SearchForm } from './search-form.tsx'
import { serviceColours } from './span-colours.ts'
import { TICKED, TraceList } from './trace-list.tsx'
import { TraceScatter } from './trace-scatter.tsx'
import { readSearch, type TraceSearch, writeSearch } from './trace-search.ts'
import { withParam } from './use-settled-param.ts'
import { withWayBack } from './way-back.ts'

const WhyPanel = deferred(
  () => import('../why/why-panel.tsx').then(({ WhyPanel }) => WhyPanel),
  <Loading what="the comparison" />,
)

/** Every request of a customer passes here; a system that has no such service shows its first one. */
const PREFERRED_SERVICES = ['frontdoor', 'frontend', 'gateway']

export function SearchPage() {
  const [params, setParams] = useSearchParams()
  const [, navigate] = useLocation()
  const time = useTimeRange()
  const services = useLoad('services', fetchServices, 30_000)
  const asked = readSearch(params)
  const service = asked.service || preferred(services.data)
  const search: TraceSearch = { ...asked, service }
  const [round, setRound] = useState(0)
  const question = JSON.stringify([search, time.range])
  const key = service ? `${question} ${round}` : undefined
  const found = useLoad(key, (signal) => fetchTraces(search, time.resolve(), signal), time.refreshMs)
  // The same search sent again leaves what was found before on the screen until it is answered.
  const shown = useRef({ question, data: found.data })
  if (found.data) shown.current = { question, data: found.data }
  const traces = found.data ?? (shown.current.question === question ? shown.current.data : undefined)
  const asks = params.get('why')
  const selection = useMemo(() => readSelection(asks), [asks])
  const select = (next: Selection | undefined) =>
    setParams((before) => withParam(before, 'why', next && writeSelection(next)))
  const colours = useMemo(
    () =>
      serviceColours(
        traces
          ?.flatMap((trace) => trace.services)
          .concat(services.data ?? [])
          .filter(unique) ?? [],
      ),
    [traces, services.data],
  )
  const parts = useMemo(() => (traces && selection ? divide(traces, selection) : undefined), [traces, selection])
  useShortcut('f', 'Ask about failing traces', () => select({ kind: 'failing' }))
  useShortcut('s', 'Ask about the slowest traces', () => select({ kind: 'slowest' }))
  useShortcut('r', 'Search again', () => found.reload())
  const open = (id: string) => navigate(withWayBack(tracePath(id), params.toString()))
  const isAsked = selection !== undefined
  useEffect(() => {
    if (isAsked) document.getElementById('why')?.scrollIntoView({ block: 'nearest' })
  }, [isAsked])
  if (services.error && !services.data)
    return <Failure error={services.error} what="The list of services" onRetry={services.reload} />
  if (!services.data) return <Loading what="services" />
  return (
    <div className="search-page">
      <h1 className="visually-hidden">Traces</h1>
      <SearchForm
        key={JSON.stringify(search)}
        search={search}
        services={services.data}
        loading={found.loading}
        onSearch={(next) => {
          setParams((before) => {
            const written = writeSearch(before, next)
            // Of what was found before.
            for (const name of ['why', TICKED]) written.delete(name)
            return written
          })
          setRound((before) => before + 1)
        }}
      />
      <div className="found">
        {found.error && <Failure error={found.error} what="Traces" onRetry={found.reload} />}
        {!found.error && !service && (
          <Empty title="No service has sent a trace yet">
            <p>
              Buy something in the storefront, or give the cluster some load: <code>npx faultline load 20</code>
            </p>
          </Empty>
        )}
        {!found.error && service && !traces && <Loading what="traces" />}
        {!found.error && traces?.length === 0 && (
          <Empty title="No trace matches">
            <p>Widen the time range above, or take a condition away.</p>
          </Empty>
        )}
        {!found.error && traces && traces.length > 0 && (
          <>
            <section className="panel scatter-panel" aria-label="Traces by time and duration">
              <div className="panel-head">
                <h2>
                  {traces.length} {traces.length === 1 ? 'trace' : 'traces'}
                </h2>
                <p className="hint scatter-hint">Drag over traces to ask what sets them apart</p>
                <fieldset className="segments">
                  <legend className="visually-hidden">Why is it slow</legend>
                  <span className="hint">Why:</span>
                  <button
                    type="button"
                    className="button button-s"
                    aria-pressed={selection?.kind === 'failing'}
                    onClick={() => select({ kind: 'failing' })}
                  >
                    Failing
                  </button>
                  <button
                    type="button"
                    className="button button-s"
                    aria-pressed={selection?.kind === 'slowest'}
                    onClick={() => select({ kind: 'slowest' })}
                  >
                    Slowest
                  </button>
                  {selection && (
                    <button type="button" className="button button-s" onClick={() => select(undefined)}>
                      Clear
                    </button>
                  )}
                </fieldset>
              </div>
              <TraceScatter
                traces={traces}
                selection={selection}
                selected={parts?.selected}
                colours={colours}
                onSelect={select}
                onOpen={open}
              />
              <RegionForm traces={traces} selection={selection} onSelect={select} />
            </section>
            {selection && parts && (
              <section className="panel" id="why" aria-label="Why is it slow">
                <WhyPanel selected={parts.selected} others={parts.others} label={selectionLabel(selection)} />
              </section>
            )}
            <TraceList traces={selection && parts ? parts.selected : traces} colours={colours} />
          </>
        )}
      </div>
    </div>
  )
}

function preferred(services: readonly string[] | undefined): string {
  return PREFERRED_SERVICES.find((name) => services?.includes(name)) ?? services?.[0] ?? ''
}

function unique<T>(value: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(value) === index
}
