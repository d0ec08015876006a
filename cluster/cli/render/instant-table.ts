// What a query answers at one time, as a table of labels and values. Pure.
import { type Colors, fitRight } from './cells.ts'
import { columnWidth, joinCells, type LabelSet, layOutLabels } from './label-columns.ts'
import { formatValue } from './metric-value.ts'

/** A value is undefined where there is a native histogram. */
export type InstantRow = { labels: LabelSet; value: number | undefined }

export type TableOptions = {
  /** Width of the drawing in characters. */
  columns: number
  /** Whether long labels are cut at it, as a terminal wants it, or kept whole. */
  cutLabels: boolean
  colors: Colors
}

const MIN_LABEL_ROOM = 20

/** A title line and a line a row, in the order given; what all series have in common stands above. */
export function drawInstantTable(rows: readonly InstantRow[], { columns, cutLabels, colors }: TableOptions): string[] {
  const values = rows.map(({ value }) => (value === undefined ? 'histogram' : formatValue(value)))
  const valueColumns = columnWidth('VALUE', values)
  const room = cutLabels ? Math.max(MIN_LABEL_ROOM, columns - valueColumns - 2) : Number.POSITIVE_INFINITY
  const labels = layOutLabels(
    rows.map((row) => row.labels),
    room,
  )
  const title = joinCells([...labels.titles.map((name) => name.toUpperCase()), fitRight('VALUE', valueColumns)])
  const lines = labels.rows.map((cells, index) => joinCells([...cells, fitRight(values[index] ?? '', valueColumns)]))
  return [...(labels.common === '' ? [] : [colors.bold(labels.common)]), colors.dim(title), ...lines]
}
