// How a distribution moves: a row for each bucket, the stronger the more fell into it; dots are single requests that lead to their traces.
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { tracePath } from '../../links.ts'
import { useDashboard } from '../dashboard-context.ts'
import { traceIdOf } from '../exemplars.ts'
import { type Field, type Frame, fieldTitle } from '../frame.ts'
import { heightPx } from '../layout.ts'
import type { PanelProps } from '../panel-frame.tsx'
import { formatValue, momentText } from '../units.ts'

const LEFT = 64
const BOTTOM = 24
const TOP = 6
const RIGHT = 8
const TITLE_PX = 46

type Dot = { x: number; y: number; traceId: string; value: number }

export function HeatmapPanel({ panel, data, width }: PanelProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { onZoom, startMs, endMs } = useDashboard()
  const [, navigate] = useLocation()
  const [hover, setHover] = useState<string>()
  const [drag, setDrag] = useState<{ from: number; to: number }>()
  const frame = data.frames[0]
  const rows = usedRows(frame)
  const height = heightPx(panel.gridPos.h) - TITLE_PX
  const unit =
    (panel.options?.['yAxis'] as { unit?: string } | undefined)?.unit ?? panel.fieldConfig?.defaults?.unit ?? 'none'
  const exponent = Number((panel.options?.['color'] as { exponent?: number } | undefined)?.exponent ?? 0.5)
  const rowHeight = (height - TOP - BOTTOM) / Math.max(1, rows.length)
  const dots = dotsOf(data, rows, { width, rowHeight })
  const times = frame?.fields[0]?.values.map(Number) ?? []
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const draw = () =>
      paint(element, {
        rows,
        times,
        startMs: data.startMs,
        endMs: data.endMs,
        stepMs: data.stepMs,
        width,
        height,
        unit,
        exponent,
        dots,
      })
    draw()
    const themed = new MutationObserver(draw)
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => themed.disconnect()
  })
  const timeAt = (x: number): number => startMs + ((x - LEFT) / (width - LEFT - RIGHT)) * (endMs - startMs)
  const look = (x: number, y: number) => {
    const row = rows.length - 1 - Math.floor((y - TOP) / rowHeight)
    const column = times.findLastIndex((time) => time <= timeAt(x))
    const field = rows[row]
    const value = field?.values[column]
    if (!field || typeof value !== 'number' || column < 0) return setHover(undefined)
    setHover(`${momentText(times[column] ?? 0)} · ${bucketText(rows, row, unit)}: ${formatValue(value, 'reqps')}`)
  }
  const dotAt = (x: number, y: number) => dots.find((dot) => Math.hypot(dot.x - x, dot.y - y) < 7)
  return (
    <div className="heatmap">
      <canvas
        ref={canvas}
        style={{ width, height }}
        role="img"
        aria-label={`${panel.title}: ${rows.length} buckets, most in ${busiest(rows, unit)}`}
        onPointerDown={(event) => setDrag({ from: event.nativeEvent.offsetX, to: event.nativeEvent.offsetX })}
        onPointerMove={({ nativeEvent: { offsetX, offsetY } }) => {
          look(offsetX, offsetY)
          if (drag) setDrag({ ...drag, to: offsetX })
        }}
        onPointerLeave={() => {
          setHover(undefined)
          setDrag(undefined)
        }}
        onPointerUp={({ nativeEvent: { offsetX, offsetY } }) => {
          const dot = dotAt(offsetX, offsetY)
          if (drag && Math.abs(offsetX - drag.from) > 6)
            onZoom(Math.round(timeAt(Math.min(drag.from, offsetX))), Math.round(timeAt(Math.max(drag.from, offsetX))))
          else if (dot) navigate(tracePath(dot.traceId))
          setDrag(undefined)
        }}
      />
      {drag && Math.abs(drag.to - drag.from) > 3 && (
        <div
          className="heatmap-drag"
          style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from), height: height - BOTTOM }}
        />
      )}
      {hover && <p className="heatmap-tip">{hover}</p>}
    </div>
  )
}

/** Buckets from the lowest to the highest that ever had anything in it. */
function usedRows(frame: Frame | undefined): readonly Field[] {
  const fields = frame?.fields.slice(1) ?? []
  const used = fields.map((field) => field.values.some((value) => typeof value === 'number' && value > 0))
  return fields.slice(Math.max(0, used.indexOf(true)), used.lastIndexOf(true) + 1)
}

function bucketText(rows: readonly Field[], row: number, unit: string): string {
  const bound = (at: number): number => Number(fieldTitle(rows[at] as Field))
  const low = row > 0 ? formatValue(bound(row - 1), unit) : '0'
  return bound(row) === Number.POSITIVE_INFINITY ? `over ${low}` : `${low} to ${formatValue(bound(row), unit)}`
}

function busiest(rows: readonly Field[], unit: string): string {
  const sums = rows.map(({ values }) =>
    values.reduce<number>((sum, value) => sum + (typeof value === 'number' ? value : 0), 0),
  )
  const at = sums.indexOf(Math.max(...sums))
  return at < 0 ? 'none' : bucketText(rows, at, unit)
}

function dotsOf(
  data: PanelProps['data'],
  rows: readonly Field[],
  { width, rowHeight }: { width: number; rowHeight: number },
): Dot[] {
  return data.exemplars.slice(-200).flatMap(({ labels, timeMs, value }) => {
    const traceId = traceIdOf(labels)
    const row = rows.findIndex((field) => value <= Number(fieldTitle(field)))
    if (row < 0 || !traceId || timeMs < data.startMs || timeMs > data.endMs) return []
    const high = Number(fieldTitle(rows[row] as Field))
    const low = row > 0 ? Number(fieldTitle(rows[row - 1] as Field)) : 0
    const within = Number.isFinite(high) && high > low ? Math.max(0, value - low) / (high - low) : 0.5
    const x = LEFT + ((timeMs - data.startMs) / (data.endMs - data.startMs)) * (width - LEFT - RIGHT)
    return [{ x, y: TOP + (rows.length - row - within) * rowHeight, traceId, value }]
  })
}

type Painted = {
  rows: readonly Field[]
  times: readonly number[]
  startMs: number
  endMs: number
  stepMs: number
  width: number
  height: number
  unit: string
  exponent: number
  dots: readonly Dot[]
}

function paint(
  element: HTMLCanvasElement,
  { rows, times, startMs, endMs, stepMs, width, height, unit, exponent, dots }: Painted,
): void {
  const context = element.getContext('2d')
  if (!context) return
  const ratio = Math.min(2, devicePixelRatio)
  element.width = width * ratio
  element.height = height * ratio
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  const style = getComputedStyle(element)
  const color = (name: string): string => style.getPropertyValue(name).trim()
  const rowHeight = (height - TOP - BOTTOM) / Math.max(1, rows.length)
  const x = (ms: number): number => LEFT + ((ms - startMs) / (endMs - startMs)) * (width - LEFT - RIGHT)
  const most = Math.max(...rows.flatMap(({ values }) => values.map((value) => (typeof value === 'number' ? value : 0))))
  context.fillStyle = color('--s1')
  for (const [row, field] of rows.entries()) {
    const y = TOP + (rows.length - 1 - row) * rowHeight
    for (const [column, value] of field.values.entries()) {
      if (typeof value !== 'number' || value <= 0) continue
      const left = Math.max(LEFT, x(times[column] ?? 0) - (x(startMs + stepMs) - LEFT))
      context.globalAlpha = 0.08 + 0.92 * (value / most) ** exponent
      context.fillRect(left, y + 0.5, Math.max(1, x(times[column] ?? 0) - left - 0.5), Math.max(1, rowHeight - 1))
    }
  }
  context.globalAlpha = 1
  context.font = '11px system-ui, sans-serif'
  context.fillStyle = color('--ink-3')
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  const every = Math.ceil(16 / rowHeight)
  for (const [row, field] of rows.entries()) {
    if (row % every !== 0) continue
    const bound = Number(fieldTitle(field))
    context.fillText(
      bound === Number.POSITIVE_INFINITY ? '∞' : formatValue(bound, unit),
      LEFT - 6,
      TOP + (rows.length - row) * rowHeight - rowHeight / 2,
    )
  }
  context.textAlign = 'center'
  for (let part = 0; part <= 4; part++) {
    const ms = startMs + ((endMs - startMs) * part) / 4
    context.textAlign = part === 0 ? 'left' : part === 4 ? 'right' : 'center'
    context.fillText(momentText(ms).slice(-8, -3), x(ms), height - BOTTOM / 2)
  }
  context.fillStyle = color('--s0')
  context.strokeStyle = color('--surface')
  for (const dot of dots) {
    context.beginPath()
    context.rect(dot.x - 2.5, dot.y - 2.5, 5, 5)
    context.fill()
    context.stroke()
  }
}
