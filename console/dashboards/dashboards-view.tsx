// The dashboards: Grafana's own JSON, drawn here.
import { useCallback, useEffect, useMemo, useState } from 'react'
import { Link, Redirect, useLocation, useSearchParams } from 'wouter'
import { watchChanges } from '../control/cluster-changes.ts'
import { Empty, Failure, Loading } from '../shell/notices.tsx'
import { useHas } from '../shell/session-context.ts'
import { useLoad } from '../shell/use-load.ts'
import { useTimeRange } from '../shell/use-time-range.ts'
import { dashboardNames, dashboardTitles, loadDashboard, nameOf, uidOf } from './catalogue.ts'
import { DashboardContext, type DashboardScope } from './dashboard-context.ts'
import type { DashboardJson } from './dashboard-json.ts'
import { gridArea, type Section, sections } from './layout.ts'
import { PanelFrame } from './panel-frame.tsx'
import { useMarks } from './use-marks.ts'
import { useVariables, valuesOf } from './use-variables.ts'
import { VariableBar } from './variable-bar.tsx'
import './dashboards.css'

export function DashboardsView() {
  const [location] = useLocation()
  const { prometheus } = useHas()
  const uid = location.split('/')[2] ?? ''
  const name = nameOf(uid)
  const { data, error, reload } = useLoad(name, () => loadDashboard(name ?? 'shop'))
  if (!prometheus) {
    return (
      <Empty title="Dashboards need a Prometheus">
        <p>
          Start the console with <code>--prometheus URL</code>, or beside a cluster.
        </p>
      </Empty>
    )
  }
  if (uid === '') return <Redirect to={`/dashboards/${uidOf('shop')}${window.location.search}`} replace />
  if (!name) {
    return (
      <Empty title="There is no such dashboard">
        <p>
          <Link href={`/dashboards/${uidOf('shop')}`}>The shop at a glance</Link> is one.
        </p>
      </Empty>
    )
  }
  return (
    <div className="dashboards">
      <DashboardTabs current={uid} />
      {error && <Failure error={error} what="The dashboard" onRetry={reload} />}
      {!data && !error && <Loading what={dashboardTitles[name]} />}
      {data && <Dashboard key={uid} json={data} />}
    </div>
  )
}

/** Each keeps the time and the variables, as Grafana's links do. */
function DashboardTabs({ current }: { current: string }) {
  const [params] = useSearchParams()
  return (
    <nav className="dashboard-tabs" aria-label="Dashboards">
      {dashboardNames.map((name) => (
        <Link
          key={name}
          href={`/dashboards/${uidOf(name)}?${params}`}
          aria-current={uidOf(name) === current ? 'page' : undefined}
        >
          {dashboardTitles[name]}
        </Link>
      ))}
    </nav>
  )
}

function Dashboard({ json }: { json: DashboardJson }) {
  const { range, setRange } = useTimeRange()
  const moment = useMoment()
  const list = json.templating?.list ?? []
  const annotations = json.annotations?.list ?? []
  const [enabled, setEnabled] = useState<ReadonlySet<string>>(() => new Set(annotations.map(({ name }) => name)))
  // Values are asked for again when another range is chosen, not every few seconds.
  const shown = useVariables(list, moment)
  const resolved = shown.data
  const variables = useMemo(() => valuesOf(resolved ?? []), [resolved])
  const marks = useMarks(annotations, variables, moment, enabled)
  const onZoom = useCallback(
    (startMs: number, endMs: number) => setRange({ from: String(startMs), to: String(endMs) }),
    [setRange],
  )
  const scope = useMemo<DashboardScope>(
    () => ({ uid: json.uid, variables, ...moment, marks, onZoom }),
    [json.uid, variables, moment, marks, onZoom],
  )
  const cut = useMemo(() => sections(json.panels), [json])
  return (
    <>
      <h1 className="visually-hidden">{json.title}</h1>
      <div className="dashboard-bar">
        {resolved && <VariableBar shown={resolved} onChoose={shown.set} />}
        {resolved && shown.error && <span className="badge tone-error">{shown.error.message}</span>}
        <fieldset className="annotation-bar">
          <legend className="visually-hidden">Marks</legend>
          {annotations.map(({ name, hide }) => {
            if (hide) return null
            const change = (on: boolean) =>
              setEnabled(new Set(on ? [...enabled, name] : [...enabled].filter((other) => other !== name)))
            return (
              <label key={name}>
                <input type="checkbox" checked={enabled.has(name)} onChange={(event) => change(event.target.checked)} />{' '}
                {name}
              </label>
            )
          })}
        </fieldset>
        {!range.from.startsWith('now') && (
          <button type="button" className="button" onClick={() => setRange({ from: 'now-15m', to: 'now' })}>
            Back to now
          </button>
        )}
      </div>
      {!resolved && shown.error && (
        <Failure error={shown.error} what="What this dashboard can be asked about" onRetry={shown.reload} />
      )}
      {!resolved && !shown.error && <Loading what={json.title} />}
      {resolved && (
        <DashboardContext value={scope}>
          {cut.map((section) => (
            <SectionOf key={section.row?.id ?? 0} section={section} />
          ))}
        </DashboardContext>
      )}
    </>
  )
}

function SectionOf({ section }: { section: Section }) {
  const [open, setOpen] = useState(!section.row?.collapsed)
  const grid = (
    <div className="dash-grid">
      {section.panels.map((panel) => {
        const { column, row } = gridArea(panel, section)
        return (
          <div
            key={panel.id}
            className="dash-cell"
            style={{ '--column': column, '--row': row, '--units': panel.gridPos.h } as React.CSSProperties}
          >
            <PanelFrame panel={panel} underRow={section.row !== undefined} />
          </div>
        )
      })}
    </div>
  )
  if (!section.row) return grid
  return (
    <section>
      <h2 className="dash-row">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> {section.row.title}
        </button>
      </h2>
      {open && grid}
    </section>
  )
}

/**
 * The moment that all panels look at, and the range that it is of: it moves on with the refresh, and soon after the cluster was changed;
 * not while nobody looks.
 */
function useMoment(): { startMs: number; endMs: number; range: string } {
  const { range, resolve, refreshMs } = useTimeRange()
  const { control } = useHas()
  const name = `${range.from} ${range.to}`
  const isLive = control && range.to === 'now'
  const [moment, setMoment] = useState(() => ({ ...resolve(), range: name }))
  useEffect(() => {
    const move = () => setMoment({ ...resolve(), range: name })
    move()
    if (!refreshMs) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') move()
    }, refreshMs)
    const stopWatching = isLive ? watchChanges(move) : undefined
    return () => {
      clearInterval(timer)
      stopWatching?.()
    }
  }, [resolve, refreshMs, name, isLive])
  return moment
}
