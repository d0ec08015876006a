// What a query answers, whatever its type, as lines of text. Pure.
import { type MatrixData, parseSampleValue, type QueryData } from '../prometheus.ts'
import { plain } from './cells.ts'
import { drawInstantTable, type TableOptions } from './instant-table.ts'
import { compareLabelSets } from './label-columns.ts'
import { formatValue } from './metric-value.ts'
import { drawRangeChart, type RangeChart } from './range-chart.ts'

/** Points of a range query: seconds since 1970 from `startS` on, each `stepS`, up to `endS`. */
export type TimeGrid = { startS: number; endS: number; stepS: number }

/**
 * Lines without line ends; none when there are no series.
 * @param asked of a range query
 */
export function drawAnswer(
  query: string,
  data: QueryData,
  asked: TimeGrid | undefined,
  options: TableOptions,
): string[] {
  switch (data.resultType) {
    case 'scalar':
      return [formatValue(parseSampleValue(data.result[1]))]
    case 'string':
      return [plain(data.result[1])]
    case 'vector': {
      const rows = data.result.map(({ metric, value }) => ({
        labels: metric,
        value: value && parseSampleValue(value[1]),
      }))
      // Only these functions give an order that means something.
      const isOrdered = /\b(sort\w*|topk|bottomk)\b/.test(query)
      if (!isOrdered) rows.sort((one, other) => compareLabelSets(one.labels, other.labels))
      return rows.length === 0 ? [] : drawInstantTable(rows, options)
    }
    case 'matrix': {
      const series = data.result.toSorted((one, other) => compareLabelSets(one.metric, other.metric))
      return series.length === 0 ? [] : drawRangeChart(chartOf(series, asked ?? spanOf(series)), options)
    }
  }
}

function chartOf(series: MatrixData['result'], { startS, endS, stepS }: TimeGrid): RangeChart {
  const count = Math.floor((endS - startS) / stepS + 1e-6) + 1
  const onGrid = ({ metric, values = [] }: MatrixData['result'][number]) => {
    const grid: (number | undefined)[] = Array(count).fill(undefined)
    for (const [timeS, value] of values) grid[Math.round((timeS - startS) / stepS)] = parseSampleValue(value)
    return { labels: metric, values: grid }
  }
  return { series: series.map(onGrid), startS, endS: startS + (count - 1) * stepS }
}

const MAX_GRID = 2_000

/** Of raw samples, which `up[1m]` asks for: from the first to the last, as fine as the closest two are. */
function spanOf(series: MatrixData['result']): TimeGrid {
  const times = series.flatMap(({ values = [] }) => values.map(([timeS]) => timeS))
  const startS = times.reduce((least, timeS) => Math.min(least, timeS), Number.POSITIVE_INFINITY)
  const endS = times.reduce((greatest, timeS) => Math.max(greatest, timeS), Number.NEGATIVE_INFINITY)
  if (times.length === 0 || startS === endS) return { startS: times[0] ?? 0, endS: times[0] ?? 0, stepS: 1 }
  const gaps = series.flatMap(({ values = [] }) =>
    values.slice(1).map(([timeS], index) => timeS - (values[index]?.[0] ?? timeS)),
  )
  const closest = gaps.filter((gap) => gap > 0).reduce((least, gap) => Math.min(least, gap), endS - startS)
  return { startS, endS, stepS: Math.max(closest, (endS - startS) / MAX_GRID) }
}
