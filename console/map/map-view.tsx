// The live map: what there is, how it is, and what goes on between, looked at every two seconds.
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react'
import { useSearchParams } from 'wouter'
import { getStatus } from '../control/cluster-status.ts'
import { getActiveFaults, getCatalogue } from '../control/faults.ts'
import { formatValue } from '../dashboards/units.ts'
import { Empty, Failure, Loading } from '../shell/notices.tsx'
import { useHas } from '../shell/session-context.ts'
import { useShortcut } from '../shell/shortcuts.tsx'
import { useLoad } from '../shell/use-load.ts'
import { ClusterList } from './cluster-list.tsx'
import { Drawing, type Selection } from './drawing.tsx'
import { layoutMap } from './layout.ts'
import { LinkDetails } from './link-details.tsx'
import { MapLegend } from './map-legend.tsx'
import { buildMap } from './map-model.ts'
import { loadSamples, noSamples } from './map-queries.ts'
import { NodeDetails } from './node-details.tsx'
import { useDetailsFocus } from './use-details-focus.ts'
import './map.css'

const REFRESH_MS = 2_000

export function MapView() {
  const has = useHas()
  const [params, setParams] = useSearchParams()
  const status = useLoad(has.control ? 'status' : undefined, getStatus, REFRESH_MS)
  const samples = useLoad(has.prometheus ? 'samples' : undefined, loadSamples, REFRESH_MS)
  const catalogue = useLoad(has.control ? 'catalogue' : undefined, getCatalogue)
  // A control plane without a catalogue has no faults to ask for.
  const faults = useLoad(catalogue.data ? 'faults' : undefined, getActiveFaults, REFRESH_MS)
  const map = useMemo(
    () => buildMap(status.data?.nodes ?? [], samples.data ?? noSamples, faults.data),
    [status.data, samples.data, faults.data],
  )
  const layout = useMemo(() => layoutMap(map), [map])
  const reduced = useReducedMotion()
  const [paused, setPaused] = useState(false)
  const [requestsPerDot, setRequestsPerDot] = useState(1)
  const asList = params.get('as') === 'list'
  const selected = readSelection(params)
  const change = useCallback(
    (name: string, value: string | undefined) =>
      setParams(
        (before) => {
          if (value === undefined) before.delete(name)
          else before.set(name, value)
          if (name !== 'as') for (const other of ['node', 'link']) if (other !== name) before.delete(other)
          return before
        },
        { replace: true },
      ),
    [setParams],
  )
  const { details, heading, beforeSelect, beforeClose } = useDetailsFocus(selected && `${selected.kind} ${selected.id}`)
  const select = useCallback(
    ({ kind, id }: Selection) => {
      beforeSelect()
      change(kind, id)
    },
    [beforeSelect, change],
  )
  const close = useCallback(() => {
    beforeClose()
    change('none', undefined)
  }, [beforeClose, change])
  useShortcut('Escape', 'Close the details', close)
  useShortcut('l', 'Map or list', () => change('as', asList ? undefined : 'list'))

  if (!has.control) {
    return (
      <Empty title="The map needs a control plane">
        <p>
          It tells which nodes there are. Start the console beside a cluster, with <code>npm start</code>.
        </p>
      </Empty>
    )
  }
  if (status.error && !status.data)
    return <Failure error={status.error} what="The cluster’s state" onRetry={status.reload} />
  // Without the links nobody knows where a node stands: rather a moment later than all of them moving about.
  if (!status.data || (has.prometheus && !samples.data && !samples.error)) return <Loading what="the cluster" />
  const node = selected?.kind === 'node' ? map.nodes.find(({ id }) => id === selected.id) : undefined
  const link = selected?.kind === 'link' ? map.links.find(({ id }) => id === selected.id) : undefined
  const title = node?.id ?? (link ? `${link.from} → ${link.to}` : selected?.id)
  return (
    <div className="map-view">
      <h1 className="visually-hidden">Live map</h1>
      <div className="map-main">
        <div className="map-bar">
          <Summary map={map} rate={status.data.requestsPerSecond} faults={faults.data?.length} />
          {!reduced && !asList && (
            <button type="button" className="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
              {paused ? 'Move' : 'Hold still'}
            </button>
          )}
          <button type="button" className="button" onClick={() => change('as', asList ? undefined : 'list')}>
            {asList ? 'As a map' : 'As a list'}
          </button>
        </div>
        {(samples.error ?? status.error) && (
          <p className="map-stale" role="alert">
            Not up to date: {(samples.error ?? status.error)?.message}
          </p>
        )}
        {asList ? (
          <ClusterList map={map} selected={selected} onSelect={select} />
        ) : (
          <div className="map-scroll">
            <Drawing
              {...{ map, layout, selected }}
              onSelect={select}
              moving={!reduced && !paused}
              onSampling={setRequestsPerDot}
            />
          </div>
        )}
        {!asList && <MapLegend requestsPerDot={requestsPerDot} moving={!reduced && !paused} />}
      </div>
      {selected && (
        <aside ref={details} className="map-details" aria-label={`Details of ${title}`}>
          <header>
            <h2 ref={heading} tabIndex={-1}>
              {title}
            </h2>
            <button type="button" className="icon-button" aria-label="Close the details" onClick={close}>
              ×
            </button>
          </header>
          {node && (
            <NodeDetails
              key={node.id}
              {...{ node, map }}
              catalogue={catalogue.data}
              onSelect={select}
              onChanged={status.reload}
              refreshMs={REFRESH_MS * 2}
            />
          )}
          {link && (
            <LinkDetails key={link.id} {...{ link, map }} catalogue={catalogue.data} refreshMs={REFRESH_MS * 2} />
          )}
          {!node && !link && <p className="hint">It is gone. If it comes back, it is shown here again.</p>}
        </aside>
      )}
    </div>
  )
}

function Summary({
  map,
  rate,
  faults,
}: {
  map: ReturnType<typeof buildMap>
  rate: number
  faults: number | undefined
}) {
  const nodes = map.nodes.filter(({ status }) => status)
  const well = nodes.filter(({ health }) => health === 'ok' || health === 'busy').length
  const customers = map.nodes.find(({ shape }) => shape === 'customers')
  return (
    <p className="map-summary">
      <span className={`badge ${well === nodes.length ? 'tone-ok' : 'tone-error'}`}>
        {well} of {nodes.length} nodes well
      </span>
      <span className="badge">{formatValue(rate, 'short')} requests/s offered</span>
      {customers && customers.rate > 0 && (
        <span className={`badge ${customers.errorShare > 0.01 ? 'tone-error' : ''}`}>
          customers see {formatValue(customers.errorShare, 'percentunit')} errors
        </span>
      )}
      {faults !== undefined && faults > 0 && (
        <span className="badge tone-warn">
          {faults} {faults === 1 ? 'fault' : 'faults'} active
        </span>
      )}
    </p>
  )
}

function readSelection(params: URLSearchParams): Selection | undefined {
  const [node, link] = [params.get('node'), params.get('link')]
  if (node) return { kind: 'node', id: node }
  return link ? { kind: 'link', id: link } : undefined
}

function useReducedMotion(): boolean {
  return useSyncExternalStore(subscribeToMotion, () => matchMedia('(prefers-reduced-motion: reduce)').matches)
}

function subscribeToMotion(changed: () => void): () => void {
  const query = matchMedia('(prefers-reduced-motion: reduce)')
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}
