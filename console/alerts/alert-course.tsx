// An alert's own expression over time, with what it is held against: the very line that made it fire.
import { useRef } from 'react'
import { namedColor } from '../dashboards/colors.ts'
import { gridOf, gridTimes, rangeFrames } from '../dashboards/prometheus-frames.ts'
import { TimeChart } from '../dashboards/time-chart.tsx'
import { aligned, stepMs } from '../dashboards/time-step.ts'
import { formatValue } from '../dashboards/units.ts'
import { useInView } from '../dashboards/use-in-view.ts'
import type { Labels } from '../prometheus/answers.ts'
import { queryRange } from '../prometheus/client.ts'
import { useLoad } from '../shell/use-load.ts'
import { useTimeRange } from '../shell/use-time-range.ts'
import { readExpression, seriesOf } from './alert-expression.ts'
import { type AlertRule, unitOf } from './alert-rules.ts'

const POINTS = 240
const HEIGHT_PX = 130

export function AlertCourse({ rule, labels }: { rule: AlertRule; labels: Labels }) {
  const figure = useRef<HTMLElement>(null)
  const { inView, width } = useInView(figure)
  const { range, refreshMs, resolve, setRange } = useTimeRange()
  const expression = readExpression(rule.query)
  const { measured, operator, limit, isPart } = expression ?? { measured: rule.query, isPart: false }
  const fixed = limit === undefined || limit === '' ? undefined : Number(limit)
  const isFixed = fixed !== undefined && Number.isFinite(fixed)
  const key = inView && width > 0 ? `${rule.query} ${range.from} ${range.to}` : undefined
  const { data, error } = useLoad(
    key,
    async (signal) => {
      const { startMs, endMs } = resolve()
      const step = stepMs(endMs - startMs, POINTS, 1_000)
      const asked = { ...aligned(startMs, endMs, step), stepMs: step }
      const [values, limits] = await Promise.all([
        queryRange(measured, asked, signal),
        limit && !isFixed ? queryRange(limit, asked, signal) : undefined,
      ])
      return {
        values: values.data,
        limits: limits?.data ?? [],
        grid: gridOf(asked.startMs, asked.endMs, step),
        startMs,
        endMs,
      }
    },
    refreshMs,
  )
  const unit = unitOf(rule)
  const line = (name: string, color: string, matrix: NonNullable<typeof data>['values']) => {
    const own = data && seriesOf(matrix, labels)
    if (!own) return []
    const [frame] = rangeFrames({ refId: 'A' }, [own], data.grid)
    const values = (frame?.fields[1]?.values ?? []).map((value) =>
      typeof value === 'number' && Number.isFinite(value) ? value : null,
    )
    return [{ name, color, widthPx: 1.5, fill: 0, stacked: false, values }]
  }
  const series = data
    ? [...line('measured', namedColor('blue'), data.values), ...line('limit', namedColor('red'), data.limits)]
    : []
  const last = series[0]?.values.findLast((value) => value !== null)
  return (
    <figure ref={figure} className="alert-course">
      {data && series.length > 0 && (
        <TimeChart
          timesMs={gridTimes(data.grid)}
          series={series}
          startMs={data.startMs}
          endMs={data.endMs}
          heightPx={HEIGHT_PX}
          min={undefined}
          max={undefined}
          format={(value) => formatValue(value, unit)}
          limits={isFixed ? [{ value: fixed, color: namedColor('red') }] : []}
          marks={[]}
          dots={[]}
          syncKey="alerts"
          label={`Course of ${rule.name}, at the end: ${formatValue(last, unit)}`}
          onZoom={(from, to) => setRange({ from: String(from), to: String(to) })}
          onDot={() => {}}
        />
      )}
      {data && series.length === 0 && <p className="hint">What it measures has no value in this time.</p>}
      {error && <p className="tone-error">Not up to date: {error.message}</p>}
      {operator && (
        <figcaption className="hint">
          It fires where the line is{' '}
          <code>
            {operator} {isFixed ? formatValue(fixed, unit) : limit}
          </code>
          , which is red{isPart && ', and other conditions hold'}.
        </figcaption>
      )}
    </figure>
  )
}
