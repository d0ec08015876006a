// What a query answers over a range: a line of blocks for each series, each on its own scale, with its least, greatest and last value. Pure.
import { drawScale } from './bar.ts'
import { fitRight, width } from './cells.ts'
import type { TableOptions } from './instant-table.ts'
import { columnWidth, joinCells, type LabelSet, layOutLabels } from './label-columns.ts'
import { formatValue } from './metric-value.ts'
import { drawSparkline, extentOf, type GridValues } from './sparkline.ts'

export type RangeSeries = { labels: LabelSet; values: GridValues }

export type RangeChart = {
  series: readonly RangeSeries[]
  /** Seconds since 1970 of the first and the last point. */
  startS: number
  endS: number
}

const MIN_SPARK = 16
/** Beyond this a line of blocks tells no more; it is the eye's way that gets longer. */
const MAX_SPARK = 120
/** In a pipe, where labels stay whole. */
const PIPE_SPARK = 60
const LABEL_SHARE = 0.45

export function drawRangeChart({ series, startS, endS }: RangeChart, options: TableOptions): string[] {
  const { columns, cutLabels, colors } = options
  const figures = figureColumns(series)
  const figuresWidth = figures.titles.reduce((sum, title) => sum + width(title) + 2, 0)
  const labelRoom = cutLabels
    ? Math.min(Math.floor(columns * LABEL_SHARE), columns - figuresWidth - MIN_SPARK - 2)
    : Number.POSITIVE_INFINITY
  const labels = layOutLabels(
    series.map((one) => one.labels),
    labelRoom,
  )
  const labelsWidth = labels.titles.reduce((sum, title) => sum + width(title) + 2, 0)
  const spark = cutLabels ? Math.min(MAX_SPARK, Math.max(MIN_SPARK, columns - labelsWidth - figuresWidth)) : PIPE_SPARK
  const [left, middle, right] = scaleLabels(startS, endS)
  const title = joinCells([
    ...labels.titles.map((name) => name.toUpperCase()),
    drawScale(left, middle, right, spark),
    ...figures.titles,
  ])
  const lines = series.map(({ values }, index) => {
    const line = drawSparkline(values, spark, extentOf(values) ?? { min: 0, max: 0 })
    return joinCells([...(labels.rows[index] ?? []), colors.cyan(line), ...(figures.rows[index] ?? [])])
  })
  return [...(labels.common === '' ? [] : [colors.bold(labels.common)]), colors.dim(title), ...lines]
}

function figureColumns(series: readonly RangeSeries[]): { titles: string[]; rows: string[][] } {
  const cells = series.map(({ values }) => {
    const present = values.filter((value) => value !== undefined)
    // Of a series of infinities alone they are the extremes.
    const { min, max } = extentOf(values) ?? { min: present[0], max: present[0] }
    return [min, max, present.at(-1)].map((value) => (value === undefined ? '–' : formatValue(value)))
  })
  const widths = ['MIN', 'MAX', 'LAST'].map((title, column) =>
    columnWidth(
      title,
      cells.map((row) => row[column] ?? ''),
    ),
  )
  return {
    titles: ['MIN', 'MAX', 'LAST'].map((title, column) => fitRight(title, widths[column] ?? 0)),
    rows: cells.map((row) => row.map((cell, column) => fitRight(cell, widths[column] ?? 0))),
  }
}

const DAY_S = 86_400

/** Wall-clock times of both ends and the middle, with the date where the range is longer than a day. */
function scaleLabels(startS: number, endS: number): [string, string, string] {
  const label = (timeS: number) => {
    const date = new Date(timeS * 1000)
    const two = (value: number) => String(value).padStart(2, '0')
    const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`
    if (endS - startS >= DAY_S) return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${minutes}`
    return `${minutes}:${two(date.getSeconds())}`
  }
  return [label(startS), label((startS + endS) / 2), label(endS)]
}
