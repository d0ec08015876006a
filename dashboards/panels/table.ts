// A row for each set of labels, a column for each label and each query, at the end of the range.
import {
  TableCellBackgroundDisplayMode,
  TableCellDisplayMode,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table'
import { type DataLink, describe, linksProperty, type PanelSpec } from './panel.ts'
import { refIdOf, tableQuery } from './query.ts'
import { type Limits, stepsOf } from './thresholds.ts'
import { type Unit, unit } from './unit.ts'

type ColumnLook = { title: string; links?: readonly DataLink[] }
export type LabelColumn = ColumnLook & { label: string }
export type ValueColumn = ColumnLook & { expr: string; unit: Unit; limits?: Limits }

export type TableSpec = Omit<PanelSpec, 'unit'> & {
  labels: readonly LabelColumn[]
  /** Their expressions have the same labels, those of the label columns, so that they become one row. */
  values: readonly ValueColumn[]
  /** Title of the column that the rows are sorted by, the highest first. */
  sortBy: string
}

export function table(spec: TableSpec): PanelBuilder {
  const { labels, values, sortBy } = spec
  const panel = describe(new PanelBuilder(), { ...spec, unit: unit.none }, { width: 12, height: 9 })
    .targets(values.map(({ expr }, index) => tableQuery(expr, index)))
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(true)])
    .filterable(false)
  if (values.length > 1) panel.withTransformation({ id: 'merge', options: {} })
  // With one query, Grafana calls its column `Value`, with several `Value #A`, `Value #B`, …
  const columns = [
    ...labels.map(({ label, title }) => [label, title] as const),
    ...values.map(({ title }, index) => [values.length > 1 ? `Value #${refIdOf(index)}` : 'Value', title] as const),
  ]
  panel.withTransformation({
    id: 'organize',
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(columns.map(([from], index) => [from, index])),
      renameByName: Object.fromEntries(columns),
    },
  })
  for (const { title, links } of labels) if (links) panel.overrideByName(title, [linksProperty(links)])
  for (const column of values) panel.overrideByName(column.title, propertiesOf(column))
  return panel
}

function propertiesOf({ unit, limits, links }: ValueColumn): DynamicConfigValue[] {
  return [
    { id: 'unit', value: unit },
    ...(limits
      ? [
          { id: 'thresholds', value: { mode: 'absolute', steps: stepsOf(limits) } },
          {
            id: 'custom.cellOptions',
            value: { type: TableCellDisplayMode.ColorBackground, mode: TableCellBackgroundDisplayMode.Basic },
          },
        ]
      : []),
    ...(links ? [linksProperty(links)] : []),
  ]
}
