// Label sets of several series as a table: what all have in common is said once, what differs gets a column each. Pure.
import { fitLeft, plain, width } from './cells.ts'

export type LabelSet = Readonly<Record<string, string>>

export type LabelColumns = {
  /** What all series have in common, as a selector: `up{region="na"}`; empty when that is nothing. */
  common: string
  /** Cells of the title line and of each series, of equal widths; none when all series are alike. */
  titles: string[]
  rows: string[][]
}

const NAME = '__name__'
/** Where they are, they come first, in this order. */
const FIRST = [NAME, 'service', 'job', 'instance', 'region']
const MIN_COLUMN = 4
const GAP = 2

/** @param room for all columns with the gaps between them, in characters; too long values are cut */
export function layOutLabels(sets: readonly LabelSet[], room: number): LabelColumns {
  const names = sortNames([...new Set(sets.flatMap((set) => Object.keys(set)))])
  const differing = names.filter((name) => sets.some((set) => (set[name] ?? '') !== (sets[0]?.[name] ?? '')))
  const common = names.filter((name) => !differing.includes(name))
  const columns = withoutTwins(
    differing.map((name) => ({
      title: name === NAME ? 'name' : plain(name),
      cells: sets.map((set) => plain(set[name] ?? '')),
    })),
  )
  const fitted = fitColumns(columns, room) ?? fitColumns([joined(sets, differing)], room) ?? []
  return {
    common: describeLabels(sets[0] ?? {}, common),
    titles: fitted.map(({ title, columns: wide }) => fitLeft(title, wide)),
    rows: sets.map((_, row) => fitted.map(({ cells, columns: wide }) => fitLeft(cells[row] ?? '', wide))),
  }
}

/** `up{instance="orders-1"}`, of the labels that are named. */
export function describeLabels(set: LabelSet, names: readonly string[] = sortNames(Object.keys(set))): string {
  const pairs = names
    .filter((name) => name !== NAME)
    .map((name) => `${plain(name)}=${JSON.stringify(plain(set[name] ?? ''))}`)
  const metric = names.includes(NAME) ? plain(set[NAME] ?? '') : ''
  return pairs.length > 0 ? `${metric}{${pairs.join(', ')}}` : metric
}

type Column = { title: string; cells: string[] }

/** Columns with the same cells are one, with both names: `job` mostly says what `service` does. */
function withoutTwins(columns: readonly Column[]): Column[] {
  const kept = new Map<string, Column>()
  for (const column of columns) {
    const key = JSON.stringify(column.cells)
    const twin = kept.get(key)
    if (twin) twin.title = `${twin.title}, ${column.title}`
    else kept.set(key, { ...column })
  }
  return [...kept.values()]
}

/** Widths that fit, the widest columns shortened first; undefined when there is no room even so. */
function fitColumns(columns: readonly Column[], room: number): (Column & { columns: number })[] | undefined {
  const widths = columns.map(({ title, cells }) => columnWidth(title, cells))
  let spare = room - widths.reduce((sum, wide) => sum + wide, 0) - GAP * Math.max(0, columns.length - 1)
  while (spare < 0) {
    const widest = widths.indexOf(Math.max(...widths))
    const wide = widths[widest] ?? 0
    if (wide <= MIN_COLUMN) return undefined
    widths[widest] = wide - 1
    spare += 1
  }
  return columns.map((column, index) => ({ ...column, columns: widths[index] ?? 0 }))
}

function joined(sets: readonly LabelSet[], names: readonly string[]): Column {
  const cells = sets.map((set) =>
    describeLabels(
      set,
      names.filter((name) => set[name] !== undefined),
    ),
  )
  return { title: 'series', cells }
}

function sortNames(names: readonly string[]): string[] {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return [...names].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : one > other ? 1 : 0))
}

/** Cells of a line, with the gap that the layout reckons with. */
export function joinCells(cells: readonly string[]): string {
  return cells.join(' '.repeat(GAP))
}

/** The widest text, at least that of the title. */
export function columnWidth(title: string, cells: readonly string[]): number {
  return cells.reduce((widest, cell) => Math.max(widest, width(cell)), width(title))
}

/** By metric name, then label by label; digits within values by their number: `orders-2` comes before `orders-10`. */
export function compareLabelSets(one: LabelSet, other: LabelSet): number {
  for (const name of sortNames([...new Set([...Object.keys(one), ...Object.keys(other)])])) {
    const order = byNumbers.compare(one[name] ?? '', other[name] ?? '')
    if (order !== 0) return order
  }
  return 0
}

const byNumbers = new Intl.Collator('en', { numeric: true })
