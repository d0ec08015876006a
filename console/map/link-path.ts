// The course of a link between two boxes, as a curve to draw and as points to move along. Pure geometry.
import { NODE_HEIGHT, NODE_WIDTH, type Point } from './layout.ts'

export type Curve = readonly [Point, Point, Point, Point]

/** From the right side to the left side of the callee; back around when it stands to the left; down or up within a column. */
export function curveBetween(from: Point, to: Point): Curve {
  const half = NODE_WIDTH / 2
  if (to.x > from.x) {
    const start = { x: from.x + half, y: from.y }
    const end = { x: to.x - half, y: to.y }
    const bend = Math.max(24, (end.x - start.x) / 2)
    return [start, { x: start.x + bend, y: start.y }, { x: end.x - bend, y: end.y }, end]
  }
  const down = to.y >= from.y ? 1 : -1
  if (to.x === from.x) {
    const start = { x: from.x, y: from.y + (down * NODE_HEIGHT) / 2 }
    const end = { x: to.x, y: to.y - (down * NODE_HEIGHT) / 2 }
    const third = (end.y - start.y) / 3
    return [start, { x: start.x, y: start.y + third }, { x: end.x, y: end.y - third }, end]
  }
  const start = { x: from.x, y: from.y - NODE_HEIGHT / 2 }
  const end = { x: to.x, y: to.y - NODE_HEIGHT / 2 }
  const top = Math.min(start.y, end.y) - 26
  return [start, { x: start.x, y: top }, { x: end.x, y: top }, end]
}

export function pathOf([a, b, c, d]: Curve): string {
  return `M${a.x} ${a.y}C${b.x} ${b.y} ${c.x} ${c.y} ${d.x} ${d.y}`
}

/** @param t from 0 at the start to 1 at the end */
export function pointAt([a, b, c, d]: Curve, t: number): Point {
  const u = 1 - t
  const weight = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t] as const
  return {
    x: a.x * weight[0] + b.x * weight[1] + c.x * weight[2] + d.x * weight[3],
    y: a.y * weight[0] + b.y * weight[1] + c.y * weight[2] + d.y * weight[3],
  }
}

/** How far from the caller a note of a link stands: between its column and the next, where no box is. */
const NOTE_PX = 30
/** Of a link that leads back or down: outside of its own box, and not far away. */
const NOTE_SHARE = 0.16

/** Where what is to be said of a link stands: on it, near the caller, and on no node that it passes further on. */
export function notePoint(curve: Curve): Point {
  const [start, , , end] = curve
  if (end.x <= start.x) return pointAt(curve, NOTE_SHARE)
  let t = NOTE_SHARE
  while (t > 0.01 && pointAt(curve, t).x - start.x > NOTE_PX) t -= 0.005
  return pointAt(curve, t)
}
