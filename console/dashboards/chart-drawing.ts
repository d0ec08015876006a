// What charts draw beside their lines: marks of what happened, limits, and dots of single requests.
import type uPlot from 'uplot'
import type { Mark } from './annotation-marks.ts'

export type Limit = { value: number; color: string }
export type Dot = { timeMs: number; value: number; color: string; traceId: string }

const DOT_PX = 3.5
/** How near the pointer must be. */
const REACH_PX = 9

export function drawMarks(chart: uPlot, marks: readonly Mark[], fallback: string): void {
  const { ctx, bbox } = chart
  ctx.save()
  for (const { startMs, endMs, color } of marks) {
    const from = chart.valToPos(startMs / 1000, 'x', true)
    const to = chart.valToPos(endMs / 1000, 'x', true)
    if (to < bbox.left || from > bbox.left + bbox.width) continue
    const left = Math.max(from, bbox.left)
    ctx.fillStyle = ctx.strokeStyle = color || fallback
    if (to - from > 1) {
      ctx.globalAlpha = 0.12
      ctx.fillRect(left, bbox.top, Math.min(to, bbox.left + bbox.width) - left, bbox.height)
    }
    ctx.globalAlpha = 0.85
    if (from < bbox.left) continue
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio])
    line(ctx, left, bbox.top, left, bbox.top + bbox.height)
    ctx.setLineDash([])
    ctx.beginPath()
    const half = 4 * devicePixelRatio
    const foot = bbox.top + bbox.height
    ctx.moveTo(left - half, foot + half)
    ctx.lineTo(left + half, foot + half)
    ctx.lineTo(left, foot)
    ctx.fill()
  }
  ctx.restore()
}

export function drawLimits(chart: uPlot, limits: readonly Limit[]): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.setLineDash([6 * devicePixelRatio, 5 * devicePixelRatio])
  ctx.lineWidth = devicePixelRatio
  ctx.globalAlpha = 0.75
  for (const { value, color } of limits) {
    const y = chart.valToPos(value, 'y', true)
    if (!(y >= bbox.top && y <= bbox.top + bbox.height)) continue
    ctx.strokeStyle = color
    line(ctx, bbox.left, y, bbox.left + bbox.width, y)
  }
  ctx.restore()
}

export function drawDots(chart: uPlot, dots: readonly Dot[], rim: string): void {
  const { ctx } = chart
  ctx.save()
  ctx.lineWidth = devicePixelRatio
  ctx.strokeStyle = rim
  for (const { timeMs, value, color } of dots) {
    const x = chart.valToPos(timeMs / 1000, 'x', true)
    const y = chart.valToPos(value, 'y', true)
    const size = DOT_PX * devicePixelRatio
    ctx.fillStyle = color
    ctx.beginPath()
    ctx.moveTo(x, y - size)
    ctx.lineTo(x + size, y)
    ctx.lineTo(x, y + size)
    ctx.lineTo(x - size, y)
    ctx.closePath()
    ctx.fill()
    ctx.stroke()
  }
  ctx.restore()
}

/** The nearest within reach of the pointer, in pixels of the page. */
export function dotNear(chart: uPlot, dots: readonly Dot[], x: number, y: number): Dot | undefined {
  let best: { dot: Dot; distance: number } | undefined
  for (const dot of dots) {
    const distance = Math.hypot(chart.valToPos(dot.timeMs / 1000, 'x') - x, chart.valToPos(dot.value, 'y') - y)
    if (distance <= REACH_PX && (!best || distance < best.distance)) best = { dot, distance }
  }
  return best?.dot
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath()
  ctx.moveTo(x1, y1)
  ctx.lineTo(x2, y2)
  ctx.stroke()
}
