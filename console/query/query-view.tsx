// Asks anything of Prometheus: a table of now, and a graph over the chosen time.
import { useEffect, useId, useMemo, useState } from 'react'
import { useSearchParams } from 'wouter'
import { colorsOf } from '../dashboards/colors.ts'
import { DataTable } from '../dashboards/panels/table.tsx'
import { gridOf, gridTimes, rangeFrames, seriesName, tableFrame } from '../dashboards/prometheus-frames.ts'
import { TimeChart } from '../dashboards/time-chart.tsx'
import { aligned, stepMs } from '../dashboards/time-step.ts'
import { sortFrame } from '../dashboards/transformations.ts'
import { formatValue } from '../dashboards/units.ts'
import { queryInstant, queryRange } from '../prometheus/client.ts'
import { deferred } from '../shell/deferred.tsx'
import { Empty } from '../shell/notices.tsx'
import { useHas } from '../shell/session-context.ts'
import { TabList, TabPanel } from '../shell/tabs.tsx'
import { useLoad } from '../shell/use-load.ts'
import { useTimeRange } from '../shell/use-time-range.ts'
import { caretLines, errorPlace } from './error-place.ts'
import '../dashboards/dashboards.css'
import './query.css'

const PromEditor = deferred(
  async () => (await import('./prom-editor.tsx')).PromEditor,
  <div className="prom-editor loading" />,
)

/** More lines than these say nothing; what is left out is told. */
const MAX_LINES = 40
const POINTS = 500

const shapeTitles = { graph: 'Graph', table: 'Table' } as const

const examples = [
  ['Requests by service', 'sum by (service) (rate(http_server_request_duration_seconds_count[30s]))'],
  [
    'p95 by route',
    'histogram_quantile(0.95, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket[30s])))',
  ],
  [
    'Attempts that fail',
    'sum by (callee, outcome) (rate(http_client_request_duration_seconds_count{outcome!="ok"}[30s]))',
  ],
  ['Busy event loops', 'topk(5, nodejs_eventloop_utilization_ratio)'],
] as const

export function QueryView() {
  const { prometheus } = useHas()
  const [params, setParams] = useSearchParams()
  const asked = params.get('expr') ?? ''
  const shape = params.get('as') === 'table' ? 'table' : 'graph'
  const tabs = useId()
  const [draft, setDraft] = useState(asked)
  useEffect(() => setDraft(asked), [asked])
  const { range, refreshMs, resolve, setRange } = useTimeRange()
  const set = (name: string, value: string) =>
    setParams((before) => {
      before.set(name, value)
      return before
    })
  const { data, error, loading, reload } = useLoad(
    asked.trim() === '' ? undefined : `${asked} ${range.from} ${range.to}`,
    async (signal) => {
      const { startMs, endMs } = resolve()
      const step = stepMs(endMs - startMs, POINTS, 1_000)
      const grid = aligned(startMs, endMs, step)
      const [instant, matrix] = await Promise.all([
        queryInstant(asked, signal, endMs),
        // What has no course over time, such as a range of samples, still has a table.
        queryRange(asked, { ...grid, stepMs: step }, signal).catch((cause: unknown) => cause as Error),
      ])
      return { instant, matrix, grid: gridOf(grid.startMs, grid.endMs, step), startMs, endMs }
    },
    refreshMs,
  )
  const run = () => (draft === asked ? reload() : set('expr', draft))
  if (!prometheus) return <Empty title="There is no Prometheus to ask" />
  return (
    <div className="query-view">
      <h1 className="visually-hidden">Query</h1>
      <div className="query-box panel">
        <PromEditor value={draft} onChange={setDraft} onRun={run} />
        <button type="button" className="button button-primary" onClick={run} disabled={draft.trim() === ''}>
          Run
        </button>
      </div>
      <div className="query-bar">
        <TabList
          id={tabs}
          label="Shown as"
          titles={shapeTitles}
          selected={shape}
          onSelect={(next) => set('as', next)}
        />
        <span className="hint" role="status">
          {loading && !data ? 'asking …' : data ? `${data.instant.data.length} series` : ''}
        </span>
      </div>
      {error && <QueryError error={error} query={asked} />}
      {asked.trim() === '' && (
        <ul className="query-examples">
          {examples.map(([title, expr]) => (
            <li key={title}>
              <button type="button" className="panel" onClick={() => set('expr', expr)}>
                <strong>{title}</strong>
                <code>{expr}</code>
              </button>
            </li>
          ))}
        </ul>
      )}
      {data &&
        !error &&
        [...data.instant.warnings].map((warning) => (
          <p key={warning} className="panel-remarks">
            {warning}
          </p>
        ))}
      <TabPanel id={tabs} selected={shape}>
        {data &&
          !error &&
          shape === 'graph' &&
          (data.matrix instanceof Error ? (
            <QueryError error={data.matrix} query={asked} />
          ) : (
            <Graph
              {...data}
              matrix={data.matrix.data}
              onZoom={(from, to) => setRange({ from: String(from), to: String(to) })}
            />
          ))}
        {data && !error && shape === 'table' && <InstantTable data={data.instant.data} />}
      </TabPanel>
    </div>
  )
}

function QueryError({ error, query }: { error: Error; query: string }) {
  const { message, at } = errorPlace(error.message, query)
  return (
    <div className="query-error" role="alert">
      <p>{message}</p>
      {at !== undefined && <pre>{caretLines(query, at)}</pre>}
    </div>
  )
}

type GraphProps = {
  matrix: Awaited<ReturnType<typeof queryRange>>['data']
  grid: ReturnType<typeof gridOf>
  startMs: number
  endMs: number
  onZoom: (startMs: number, endMs: number) => void
}

function Graph({ matrix, grid, startMs, endMs, onZoom }: GraphProps) {
  const drawn = useMemo(() => {
    const frames = rangeFrames({ refId: 'A' }, matrix.slice(0, MAX_LINES), grid)
    const colors = colorsOf(frames.map(({ name = '' }) => name))
    return frames.map(({ name = '', fields }) => ({
      name,
      color: colors.get(name) ?? 'gray',
      widthPx: 1.5,
      fill: 0,
      stacked: false,
      values: (fields[1]?.values ?? []).map((value) =>
        typeof value === 'number' && Number.isFinite(value) ? value : null,
      ),
    }))
  }, [matrix, grid])
  if (matrix.length === 0) return <p className="panel-empty">Nothing matches in this time.</p>
  return (
    <section className="panel query-graph" aria-label="Graph">
      <TimeChart
        timesMs={gridTimes(grid)}
        series={drawn}
        startMs={startMs}
        endMs={endMs}
        heightPx={360}
        min={undefined}
        max={undefined}
        format={(value) => formatValue(value, 'short')}
        limits={[]}
        marks={[]}
        dots={[]}
        syncKey="query"
        label={`${matrix.length} series over time`}
        onZoom={onZoom}
        onDot={() => {}}
      />
      <ul className="query-legend">
        {drawn.map(({ name, color, values }) => (
          <li key={name}>
            <span className="swatch" style={{ background: color }} />
            <code>{name}</code>
            <span className="number">
              {formatValue(
                values.findLast((value) => value !== null),
                'short',
              )}
            </span>
          </li>
        ))}
      </ul>
      {matrix.length > MAX_LINES && (
        <p className="hint">and {matrix.length - MAX_LINES} series more: the table has them</p>
      )}
    </section>
  )
}

function InstantTable({ data }: { data: Awaited<ReturnType<typeof queryInstant>>['data'] }) {
  const [sorting, setSorting] = useState({ name: 'Value', descending: true })
  const frame = useMemo(() => {
    const whole = tableFrame({ refId: 'A' }, data, false)
    return { ...whole, fields: whole.fields.filter(({ type }) => type !== 'time') }
  }, [data])
  if (data.length === 0) return <p className="panel-empty">Nothing matches at this moment.</p>
  const [only] = data
  if (data.length === 1 && only && Object.keys(only.labels).length === 0)
    return <p className="query-scalar">{formatValue(only.value, 'short')}</p>
  return (
    <div className="panel query-table" title={seriesName(only?.labels ?? {}, undefined)}>
      <DataTable
        label="Values now"
        frame={sortFrame(frame, sorting.name, sorting.descending)}
        sorting={sorting}
        onSort={(name) => setSorting({ name, descending: sorting.name === name ? !sorting.descending : true })}
      />
    </div>
  )
}
