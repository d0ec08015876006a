// Series as lines, with a legend that filters: a click shows one alone, a click with Ctrl or Shift hides or shows one more.
import { useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { tracePath } from '../../links.ts'
import type { Dot, Limit } from '../chart-drawing.ts'
import { colorsOf, namedColor } from '../colors.ts'
import { useDashboard } from '../dashboard-context.ts'
import { linksOf } from '../data-links.ts'
import { traceIdOf } from '../exemplars.ts'
import { type Field, fieldTitle } from '../frame.ts'
import { heightPx } from '../layout.ts'
import type { PanelProps } from '../panel-frame.tsx'
import type { PanelData } from '../panel-queries.ts'
import { reducerTitle, reduceValues } from '../reduce.ts'
import { type ChartSeries, TimeChart } from '../time-chart.tsx'
import { formatValue } from '../units.ts'

type Line = { field: Field; name: string; color: string }

const TITLE_PX = 42
const LEGEND_ROW_PX = 25
const MAX_LEGEND_ROWS = 5
const MAX_DOTS = 250

export function TimeSeriesPanel({ panel, data }: PanelProps) {
  const scope = useDashboard()
  const [, navigate] = useLocation()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const lines = useMemo(() => linesOf(data), [data])
  const names = lines.map(({ name }) => name)
  const shown = lines.filter(({ name }) => !hidden.has(name))
  const options = panel.fieldConfig?.defaults ?? {}
  const custom = options.custom ?? {}
  const stacked = (custom['stacking'] as { mode?: string } | undefined)?.mode === 'normal'
  const timesMs = useMemo(() => timesOf(data), [data])
  const series = shown.map(({ field, name, color }): ChartSeries => {
    const own = field.options?.custom ?? {}
    const values = field.values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null))
    return {
      name,
      color,
      widthPx: Number(own['lineWidth'] ?? 1),
      fill: Number(own['fillOpacity'] ?? 0),
      stacked,
      values,
    }
  })
  const legend = (panel.options?.['legend'] ?? {}) as { showLegend?: boolean; calcs?: readonly string[] }
  const legendPx = legend.showLegend === false ? 0 : (Math.min(lines.length, MAX_LEGEND_ROWS) + 1) * LEGEND_ROW_PX
  const dots = useMemo(() => dotsOf(data), [data])
  const choose = (name: string, more: boolean) => {
    if (more) return setHidden(toggled(hidden, name))
    const alone = shown.length === 1 && shown[0]?.name === name
    setHidden(new Set(alone ? [] : names.filter((other) => other !== name)))
  }
  return (
    <>
      <TimeChart
        timesMs={timesMs}
        series={series}
        startMs={data.startMs}
        endMs={data.endMs}
        heightPx={Math.max(90, heightPx(panel.gridPos.h) - TITLE_PX - legendPx)}
        min={options.min}
        max={options.max}
        format={(value) => formatValue(value, options.unit, options.decimals)}
        limits={limitsOf(custom, options.thresholds?.steps ?? [])}
        marks={scope.marks}
        dots={dots}
        syncKey={scope.uid}
        label={labelOf(panel.title ?? '', lines, options.unit)}
        onZoom={scope.onZoom}
        onDot={({ traceId }) => navigate(tracePath(traceId))}
      />
      {legend.showLegend !== false && (
        <Legend
          title={panel.title ?? ''}
          lines={lines}
          hidden={hidden}
          calcs={legend.calcs ?? []}
          onChoose={choose}
          maxHeight={legendPx}
        />
      )}
    </>
  )
}

function linesOf({ frames }: PanelData): Line[] {
  const fields = frames.flatMap(({ fields }) => fields.filter(({ type }) => type === 'number'))
  const colors = colorsOf(fields.map(fieldTitle))
  return fields.map((field) => {
    const name = fieldTitle(field)
    const fixed = field.options?.color?.mode === 'fixed' ? field.options.color.fixedColor : undefined
    return { field, name, color: fixed ? namedColor(fixed) : (colors.get(name) ?? namedColor('blue')) }
  })
}

function timesOf({ frames }: PanelData): number[] {
  const longest = frames
    .map(({ fields }) => fields[0]?.values ?? [])
    .reduce((a, b) => (b.length > a.length ? b : a), [])
  return longest.map(Number)
}

/** Spread over the time, the slowest of each part: those are worth a look. */
function dotsOf({ exemplars, startMs, endMs }: PanelData): Dot[] {
  const best = new Map<number, Dot>()
  for (const { labels, timeMs, value } of exemplars) {
    const traceId = traceIdOf(labels)
    if (!traceId || !Number.isFinite(value) || timeMs < startMs || timeMs > endMs) continue
    const part = Math.floor(((timeMs - startMs) / (endMs - startMs)) * MAX_DOTS)
    const before = best.get(part)
    if (!before || value > before.value) best.set(part, { timeMs, value, color: '#3f7fe0', traceId })
  }
  return [...best.values()]
}

function limitsOf(custom: Record<string, unknown>, steps: readonly { value: number | null; color: string }[]): Limit[] {
  const style = (custom['thresholdsStyle'] as { mode?: string } | undefined)?.mode ?? 'off'
  if (style === 'off') return []
  return steps.flatMap(({ value, color }) => (value === null ? [] : [{ value, color: namedColor(color) }]))
}

function toggled(set: ReadonlySet<string>, name: string): Set<string> {
  const next = new Set(set)
  if (!next.delete(name)) next.add(name)
  return next
}

function labelOf(title: string, lines: readonly Line[], unit: string | undefined): string {
  const figures = lines
    .slice(0, 8)
    .map(({ field, name }) => `${name} ${formatValue(reduceValues('lastNotNull', field.values), unit)}`)
  return `${title}, at the end: ${figures.join(', ')}`
}

type LegendProps = {
  title: string
  lines: readonly Line[]
  hidden: ReadonlySet<string>
  calcs: readonly string[]
  onChoose: (name: string, more: boolean) => void
  maxHeight: number
}

function Legend({ title, lines, hidden, calcs, onChoose, maxHeight }: LegendProps) {
  const scope = useDashboard()
  const rows = lines.toSorted(
    (a, b) => (reduceValues('lastNotNull', b.field.values) ?? -1) - (reduceValues('lastNotNull', a.field.values) ?? -1),
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className="legend" style={{ maxHeight }} tabIndex={0} aria-label={`Legend of ${title}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            {calcs.map((calc) => (
              <th scope="col" key={calc} className="figure">
                {reducerTitle(calc)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ field, name, color }) => (
            <tr key={name} className={hidden.has(name) ? 'off' : ''}>
              <td>
                <button
                  type="button"
                  aria-pressed={!hidden.has(name)}
                  title="Show alone; with Ctrl or Shift, show or hide"
                  onClick={(event) => onChoose(name, event.ctrlKey || event.metaKey || event.shiftKey)}
                >
                  <span className="swatch" style={{ background: color }} />
                  {name || 'value'}
                </button>
                {linksOf(field, scope).map(({ title, href }) => (
                  <Link key={title} href={href} className="legend-link" title={title} aria-label={`${title}: ${name}`}>
                    ↗
                  </Link>
                ))}
              </td>
              {calcs.map((calc) => (
                <td key={calc} className="figure">
                  {formatValue(reduceValues(calc, field.values), field.options?.unit, field.options?.decimals)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
