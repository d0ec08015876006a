// Lines over time, by uPlot: zoom by dragging, a crosshair that all charts of a dashboard share, marks, limits, and dots that open traces.
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Mark } from './annotation-marks.ts'
import { type Dot, dotNear, drawDots, drawLimits, drawMarks, type Limit } from './chart-drawing.ts'
import { ChartTip, type TipLine } from './chart-tip.ts'

export type ChartSeries = {
  name: string
  color: string
  widthPx: number
  fill: number
  stacked: boolean
  values: readonly (number | null)[]
}

export type TimeChartProps = {
  timesMs: readonly number[]
  series: readonly ChartSeries[]
  startMs: number
  endMs: number
  heightPx: number
  min: number | undefined
  max: number | undefined
  format: (value: number) => string
  limits: readonly Limit[]
  marks: readonly Mark[]
  dots: readonly Dot[]
  /** Charts of the same key share their crosshair. */
  syncKey: string
  label: string
  onZoom: (startMs: number, endMs: number) => void
  onDot: (dot: Dot) => void
}

export function TimeChart(props: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  const chart = useRef<uPlot>(undefined)
  const { series, heightPx, syncKey, label } = props
  // Built anew when other series are shown, else fed with new values.
  const shape = JSON.stringify([
    series.map(({ name, color, widthPx, fill, stacked }) => [name, color, widthPx, fill, stacked]),
    syncKey,
  ])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes otherwise is read from `latest`
  useEffect(() => {
    const element = host.current
    if (!element) return
    const tip = new ChartTip(element)
    const made = new uPlot(optionsFor(element, latest, tip), dataOf(latest.current), element)
    chart.current = made
    const sized = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: latest.current.heightPx }),
    )
    sized.observe(element)
    const themed = new MutationObserver(() => made.redraw(false, true))
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      sized.disconnect()
      themed.disconnect()
      tip.remove()
      made.destroy()
      chart.current = undefined
    }
  }, [shape])

  useEffect(() => {
    const made = chart.current
    if (!made) return
    made.batch(() => {
      made.setData(dataOf(props), false)
      made.setScale('x', { min: props.startMs / 1000, max: props.endMs / 1000 })
      made.redraw()
    })
  }, [props])
  return <div ref={host} className="time-chart" style={{ height: heightPx }} role="img" aria-label={label} />
}

/** Stacked series stand on the sum of those before them; the last is drawn first, so that all are seen. */
function dataOf({ timesMs, series }: TimeChartProps): uPlot.AlignedData {
  const sums = new Array<number>(timesMs.length).fill(0)
  const columns = series.map(({ stacked, values }) => {
    if (!stacked) return [...values]
    return values.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0)
      return sums[index] ?? null
    })
  })
  return [timesMs.map((ms) => ms / 1000), ...columns.reverse()]
}

function optionsFor(element: HTMLElement, latest: { current: TimeChartProps }, tip: ChartTip): uPlot.Options {
  const token = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim()
  const { series, heightPx, syncKey } = latest.current
  const axis = {
    stroke: token('--ink-3'),
    grid: { stroke: token('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  }
  return {
    width: element.clientWidth,
    height: heightPx,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: syncKey, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      focus: { prox: 24 },
    },
    scales: {
      x: { time: true, range: () => [latest.current.startMs / 1000, latest.current.endMs / 1000] },
      y: { range: () => scaleOf(latest.current) },
    },
    axes: [
      { ...axis, space: 76, size: 26, values: (_chart, splits, _index, space) => timeTexts(splits, space) },
      {
        ...axis,
        space: 28,
        size: (_chart, texts) => Math.max(34, 12 + 6.4 * Math.max(0, ...(texts ?? []).map((text) => text.length))),
        values: (_chart, splits) => splits.map((split) => latest.current.format(split)),
      },
    ],
    series: [
      {},
      ...series.toReversed().map(({ name, color, widthPx, fill }) => ({
        label: name,
        stroke: color === 'currentColor' ? token('--ink') : color,
        width: widthPx,
        fill: fill > 0 ? `color-mix(in srgb, ${color} ${fill}%, transparent)` : 'transparent',
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: {
      drawClear: [(made) => drawMarks(made, latest.current.marks, token('--ink-3')())],
      draw: [
        (made) => drawLimits(made, latest.current.limits),
        (made) => drawDots(made, latest.current.dots, token('--surface')()),
      ],
      setSelect: [
        (made) => {
          if (made.select.width < 6) return
          const from = made.posToVal(made.select.left, 'x')
          const to = made.posToVal(made.select.left + made.select.width, 'x')
          made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          latest.current.onZoom(Math.round(from * 1000), Math.round(to * 1000))
        },
      ],
      setCursor: [(made) => showTip(made, latest.current, tip)],
      ready: [
        (made) => {
          made.over.addEventListener('click', (event) => {
            const dot = dotNear(made, latest.current.dots, event.offsetX, event.offsetY)
            if (dot) latest.current.onDot(dot)
          })
          made.over.addEventListener('mouseleave', () => tip.hide())
        },
      ],
    },
  }
}

/** From the least to a bit over the most that is drawn; uPlot's own answer for flat lines is too far. */
function scaleOf({ min, max, dots, limits, ...props }: TimeChartProps): [number, number] {
  const drawn = dataOf({ min, max, dots, limits, ...props })
    .slice(1)
    .flatMap((column) => [...column])
  const values = [...drawn.filter((value) => typeof value === 'number'), ...dots.map(({ value }) => value)]
  const top = values.reduce((a, b) => Math.max(a, b), 0)
  const bottom = min ?? values.reduce((a, b) => Math.min(a, b), 0)
  // A limit just above the lines is worth seeing; one far above would flatten them.
  const near = limits.map(({ value }) => value).filter((value) => value > top && value <= top * 1.25)
  const reach = Math.max(top * 1.08, ...near.map((value) => value * 1.05))
  // Flat at nothing: room for the lowest limit, if there is one.
  const [lowest] = limits
    .map(({ value }) => value)
    .filter((value) => value > 0)
    .sort((a, b) => a - b)
  if (reach <= bottom && max === undefined && lowest !== undefined) return [bottom, lowest * 1.5]
  // Of a share, the part that is used.
  const isShare = max !== undefined && max <= 1
  const least = isShare ? Math.min(max, Math.max(reach, max * 0.02)) : Math.max(max ?? 0, reach)
  return least > bottom ? [bottom, least] : [bottom, bottom + 1]
}

function timeTexts(splits: readonly number[], space: number): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0)
  const days = (splits.at(-1) ?? 0) - (splits[0] ?? 0) > 86_400
  return splits.map((split) => {
    const date = new Date(split * 1000)
    const two = (part: number): string => String(part).padStart(2, '0')
    const time = `${two(date.getHours())}:${two(date.getMinutes())}${step < 60 ? `:${two(date.getSeconds())}` : ''}`
    return days && space > 80 ? `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}` : time
  })
}

function showTip(made: uPlot, { timesMs, series, format, marks, dots }: TimeChartProps, tip: ChartTip): void {
  const { idx, left = -1, top = -1 } = made.cursor
  // Only the chart under the pointer talks; the others show the crosshair.
  if (idx == null || left < 0 || !made.over.matches(':hover')) {
    tip.hide()
    return
  }
  const at = timesMs[idx]
  if (at === undefined) return
  const lines: TipLine[] = series
    .map(({ name, color, values }) => ({ name, color, value: values[idx] }))
    .filter((line): line is { name: string; color: string; value: number } => typeof line.value === 'number')
    .toSorted((a, b) => b.value - a.value)
    .map(({ name, color, value }) => ({ text: name, color, value: format(value) }))
  const stepMs = (timesMs[1] ?? 0) - (timesMs[0] ?? 0)
  const happened = marks.filter(({ startMs, endMs }) => at >= startMs - 2 * stepMs && at <= endMs + 2 * stepMs)
  const dot = dotNear(made, dots, left, top)
  made.over.style.cursor = dot ? 'pointer' : ''
  tip.show(left + made.bbox.left / devicePixelRatio, top, new Date(at).toLocaleTimeString('en-GB'), [
    ...lines,
    ...happened.map(({ title, color }) => ({ text: title, color, value: '' })),
    ...(dot ? [{ text: 'click: its trace', color: dot.color, value: format(dot.value) }] : []),
  ])
}
