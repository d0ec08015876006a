// One figure of many, by Grafana's names: what a stat shows of its series, and a legend of each.
import type { Cell } from './frame.ts'

const titles: Record<string, string> = {
  lastNotNull: 'Last',
  last: 'Last',
  firstNotNull: 'First',
  max: 'Max',
  min: 'Min',
  mean: 'Mean',
  sum: 'Total',
  count: 'Count',
  range: 'Range',
}

export function reducerTitle(id: string): string {
  return titles[id] ?? id
}

/** Null where there is no value, and for a reducer that is not known. What is no number does not count. */
export function reduceValues(id: string, values: readonly Cell[]): number | null {
  if (id === 'last') {
    const last = values.at(-1)
    return typeof last === 'number' ? last : null
  }
  const numbers = values.filter((value): value is number => typeof value === 'number' && !Number.isNaN(value))
  const first = numbers[0]
  const last = numbers.at(-1)
  if (first === undefined || last === undefined) return id === 'count' || id === 'sum' ? 0 : null
  const max = (): number => numbers.reduce((a, b) => Math.max(a, b))
  const min = (): number => numbers.reduce((a, b) => Math.min(a, b))
  const sum = (): number => numbers.reduce((a, b) => a + b, 0)
  switch (id) {
    case 'lastNotNull':
      return last
    case 'firstNotNull':
    case 'first':
      return first
    case 'max':
      return max()
    case 'min':
      return min()
    case 'sum':
      return sum()
    case 'mean':
      return sum() / numbers.length
    case 'count':
      return numbers.length
    case 'range':
      return max() - min()
    default:
      return null
  }
}
