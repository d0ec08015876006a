// Answers of Prometheus as frames: series over time, tables, and the rows of a heatmap.
import type { InstantVector, Labels, RangeMatrix } from '../prometheus/answers.ts'
import type { TargetJson } from './dashboard-json.ts'
import type { Cell, Field, Frame } from './frame.ts'

/** `{{label}}` stands for a label's value; without a format, the series as PromQL writes it. */
export function seriesName(labels: Labels, format: string | undefined): string {
  if (format !== undefined && format !== '' && format !== '__auto') {
    return format.replace(/\{\{\s*([^}]+?)\s*\}\}/g, (_match, label: string) => labels[label] ?? '')
  }
  const { __name__: name = '', ...rest } = labels
  const matchers = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  return matchers.length === 0 && name !== '' ? name : `${name}{${matchers.join(', ')}}`
}

/** One frame a series: its times (ms) and its values on the grid of the query, null where there is none. */
export function rangeFrames(target: TargetJson, matrix: RangeMatrix, grid: Grid): Frame[] {
  return matrix.map(({ labels, points }) => {
    const values: Cell[] = new Array(grid.length).fill(null)
    for (const [timeMs, value] of points) {
      const index = timeMs === grid.nowMs ? grid.length - 1 : Math.round((timeMs - grid.startMs) / grid.stepMs)
      if (index >= 0 && index < grid.length) values[index] = value
    }
    const name = seriesName(labels, target.legendFormat)
    return {
      refId: target.refId,
      name,
      fields: [timeField(grid), { name: 'Value', type: 'number', values, labels, displayName: name }],
    }
  })
}

/** One frame a series, of one point. */
export function instantFrames(target: TargetJson, vector: InstantVector): Frame[] {
  return vector.map(({ labels, timeMs, value }) => {
    const name = seriesName(labels, target.legendFormat)
    return {
      refId: target.refId,
      name,
      fields: [
        { name: 'Time', type: 'time', values: [timeMs], labels: {} },
        { name: 'Value', type: 'number', values: [value], labels, displayName: name },
      ],
    }
  })
}

/** One frame: a row for each series, a column for each label, the last for the value. */
export function tableFrame(target: TargetJson, vector: InstantVector, several: boolean): Frame {
  const labelNames = [...new Set(vector.flatMap(({ labels }) => Object.keys(labels)))].sort()
  const fields: Field[] = [
    { name: 'Time', type: 'time', values: vector.map(({ timeMs }) => timeMs), labels: {} },
    ...labelNames.map((label) => ({
      name: label,
      type: 'string' as const,
      values: vector.map(({ labels }) => labels[label] ?? null),
      labels: {},
    })),
    {
      // With several queries each value has a name of its own, so that merging puts them beside each other.
      name: several ? `Value #${target.refId}` : 'Value',
      type: 'number',
      values: vector.map(({ value }) => value),
      labels: {},
    },
  ]
  return { refId: target.refId, fields }
}

/**
 * One frame: the times, and a field for each bucket, the lowest first, with what fell into it alone (Prometheus counts all below a bound).
 */
export function heatmapFrame(target: TargetJson, matrix: RangeMatrix, grid: Grid): Frame {
  const rows = rangeFrames(target, matrix, grid)
    .map((frame) => ({ bound: Number(boundOf(frame.fields[1]?.labels['le'])), field: frame.fields[1] }))
    .filter((row): row is { bound: number; field: Field } => row.field !== undefined && !Number.isNaN(row.bound))
    .sort((a, b) => a.bound - b.bound)
  const fields = rows.map(({ bound, field }, index): Field => {
    const below = rows[index - 1]?.field.values
    const values = field.values.map((value, at): Cell => {
      if (typeof value !== 'number') return null
      const under = below?.[at]
      return Math.max(0, value - (typeof under === 'number' ? under : 0))
    })
    return { name: String(bound), type: 'number', values, labels: field.labels, displayName: String(bound) }
  })
  return { refId: target.refId, fields: [timeField(grid), ...fields] }
}

function boundOf(le: string | undefined): string {
  return le === '+Inf' ? 'Infinity' : (le ?? '')
}

/** Times of a query over a range, in equal steps; `length` counts `nowMs`, too. */
export type Grid = {
  startMs: number
  stepMs: number
  length: number
  /** One more point, nearer to the end of the range than a step leads. */
  nowMs?: number
}

export function gridOf(startMs: number, endMs: number, stepMs: number): Grid {
  return { startMs, stepMs, length: Math.max(0, Math.floor((endMs - startMs) / stepMs) + 1) }
}

export function gridTimes({ startMs, stepMs, length, nowMs }: Grid): number[] {
  const times = Array.from({ length }, (_, index) => startMs + index * stepMs)
  return nowMs === undefined ? times : times.with(-1, nowMs)
}

/** The grid and its series with one more point: what an instant query said of the end of the range. */
export function withNow(
  grid: Grid,
  matrix: RangeMatrix,
  now: InstantVector,
  nowMs: number,
): { grid: Grid; matrix: RangeMatrix } {
  const keyOf = (labels: Labels) => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
  const left = new Map(now.map(({ labels, value }) => [keyOf(labels), { labels, point: [nowMs, value] as const }]))
  const extended = matrix.map((series) => {
    const found = left.get(keyOf(series.labels))
    left.delete(keyOf(series.labels))
    return found ? { ...series, points: [...series.points, found.point] } : series
  })
  const begun = [...left.values()].map(({ labels, point }) => ({ labels, points: [point] }))
  return { grid: { ...grid, length: grid.length + 1, nowMs }, matrix: [...extended, ...begun] }
}

function timeField(grid: Grid): Field {
  return { name: 'Time', type: 'time', values: gridTimes(grid), labels: {} }
}
