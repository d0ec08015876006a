// The box around a panel: its title, its info, whether it is up to date, and whichever drawing fits its type.
import { type ComponentType, type ReactNode, useId, useRef } from 'react'
import { ErrorBoundary } from '../shell/error-boundary.tsx'
import { useLoad } from '../shell/use-load.ts'
import { useDashboard } from './dashboard-context.ts'
import type { PanelJson } from './dashboard-json.ts'
import { ExampleLinks } from './example-links.tsx'
import { frameLength } from './frame.ts'
import { interpolateText } from './interpolation.ts'
import { MarkdownText } from './markdown-text.tsx'
import { loadPanel, type PanelData } from './panel-queries.ts'
import { BarGaugePanel } from './panels/bar-gauge.tsx'
import { GaugePanel } from './panels/gauge.tsx'
import { HeatmapPanel } from './panels/heatmap.tsx'
import { LogsPanel } from './panels/logs.tsx'
import { NodeGraphPanel } from './panels/node-graph.tsx'
import { StatPanel } from './panels/stat.tsx'
import { StateTimelinePanel } from './panels/state-timeline.tsx'
import { TablePanel } from './panels/table.tsx'
import { TimeSeriesPanel } from './panels/time-series.tsx'
import { useInView } from './use-in-view.ts'

export type PanelProps = { panel: PanelJson; data: PanelData; width: number }

const drawings: Record<string, ComponentType<PanelProps>> = {
  timeseries: TimeSeriesPanel,
  stat: StatPanel,
  gauge: GaugePanel,
  bargauge: BarGaugePanel,
  barchart: BarGaugePanel,
  table: TablePanel,
  heatmap: HeatmapPanel,
  'state-timeline': StateTimelinePanel,
  nodeGraph: NodeGraphPanel,
  logs: LogsPanel,
}

/** @param underRow whether a row's title stands above it: headings follow each other in order */
export function PanelFrame({ panel, underRow }: { panel: PanelJson; underRow: boolean }) {
  const scope = useDashboard()
  const body = useRef<HTMLDivElement>(null)
  const id = useId()
  const { inView, width } = useInView(body)
  const title = interpolateText(panel.title ?? '', scope.variables)
  const Drawing = drawings[panel.type]
  const Heading = underRow ? 'h3' : 'h2'
  const wanted = inView && width > 0 && Drawing !== undefined
  const key = wanted ? JSON.stringify([scope.range, scope.variables, Math.round(width / 64)]) : undefined
  const { data, error, loading } = usePanelData(panel, key, width)
  return (
    <section className={`panel dash-panel panel-${panel.type}`} aria-labelledby={title ? id : undefined}>
      {title && (
        <header>
          <Heading id={id}>{title}</Heading>
          {panel.description && <Info title={title} text={interpolateText(panel.description, scope.variables)} />}
          {data && <ExampleLinks title={title} panel={panel} data={data} />}
          {loading && <span className="panel-busy" aria-hidden="true" />}
          {error && (
            <span className="badge tone-error" role="alert" title={error.message}>
              failed
            </span>
          )}
        </header>
      )}
      <div className="panel-body" ref={body}>
        <ErrorBoundary what={title || panel.type}>
          {panel.type === 'text' ? (
            <MarkdownText text={interpolateText(String(panel.options?.['content'] ?? ''), scope.variables)} />
          ) : (
            bodyOf(panel, Drawing, data, error, width)
          )}
        </ErrorBoundary>
      </div>
      {data && data.remarks.length > 0 && <p className="panel-remarks">{[...new Set(data.remarks)].join('; ')}</p>}
    </section>
  )
}

function bodyOf(
  panel: PanelJson,
  Drawing: ComponentType<PanelProps> | undefined,
  data: PanelData | undefined,
  error: Error | undefined,
  width: number,
): ReactNode {
  if (!Drawing) return <p className="panel-empty">Panels of the type “{panel.type}” are not drawn here.</p>
  if (!data) return error ? <p className="panel-empty tone-error">{error.message}</p> : null
  if (!data.frames.some((frame) => frameLength(frame) > 0)) return <p className="panel-empty">{emptyText(panel)}</p>
  return <Drawing panel={panel} data={data} width={width} />
}

/** Where emptiness is good, the panel's info says why. */
function emptyText({ description = '' }: PanelJson): string {
  return /Empty is good: (.*)/s.exec(description)?.[1]?.trim() ?? 'No data in this time.'
}

/** Loads again when the dashboard's moment moves on, unless it still does, and keeps what there is meanwhile. */
function usePanelData(panel: PanelJson, key: string | undefined, width: number) {
  const { variables, startMs, endMs } = useDashboard()
  const last = useRef<PanelData>(undefined)
  const load = (signal: AbortSignal) => loadPanel(panel, { variables, startMs, endMs, widthPx: width }, signal)
  const loaded = useLoad(key, load, undefined, endMs)
  if (loaded.data) last.current = loaded.data
  return { ...loaded, data: loaded.data ?? last.current }
}

function Info({ title, text }: { title: string; text: string }) {
  return (
    <details className="info">
      <summary aria-label={`About ${title}`}>i</summary>
      <div className="info-text">
        <MarkdownText text={text} />
      </div>
    </details>
  )
}
