// The table of faults in README.md: what each looks like, how soon it is seen, what it costs and what helps. Pure.
import type { Fault } from '../fault.ts'
import { formatIndicator } from '../indicators.ts'
import { isExperiment, nameOf } from '../remedy.ts'
import { indicatorsOf } from './impact.ts'
import { isCurrent, type Row, type Verified } from './verified.ts'

const BEGIN = '<!-- generated table: begin -->'
const END = '<!-- generated table: end -->'
const UNKNOWN = 'not measured yet'

const heads = [
  'fault',
  'signature',
  'metrics',
  'traces',
  'alert',
  'healthy → without remedies',
  'with each remedy alone',
]

export function tableOf(faults: readonly Fault[], verified: Verified): string {
  const rows = faults.map((fault) => rowOf(fault, verified[fault.id] ?? {}))
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [...lines, '', runsText(verified)].join('\n')
}

/** The document with the table between its markers. Throws when it has none. */
export function withTable(document: string, table: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`the document has no lines "${BEGIN}" and "${END}"`)
  return `${document.slice(0, begin + BEGIN.length)}\n${table}\n${document.slice(end)}`
}

function rowOf(fault: Fault, row: Row): string[] {
  const { contract } = row
  const seconds = (value: number | 'not seen' | undefined) => {
    if (value === undefined) return UNKNOWN
    return typeof value === 'number' ? `${value.toFixed(1)} s` : value
  }
  const { gist, alert } = fault.signature
  const alertCell = alert === null ? '–' : `${alert}, ${seconds(contract?.alertS)}`
  const cells = [`\`${fault.id}\``, gist, seconds(contract?.metricsS), seconds(contract?.tracesS), alertCell]
  return [...cells, ...impactCells(fault, row.impact)].map(escaped)
}

function impactCells(fault: Fault, measured: Row['impact']): string[] {
  const { indicator } = fault.impact
  const unmeasured = [
    ...fault.remedies.flatMap((remedy) => ('shownBy' in remedy ? [`${nameOf(remedy)}: see ${remedy.shownBy}`] : [])),
    ...fault.remedies.flatMap((remedy) => ('measure' in remedy ? [`${remedy.measure}: no switch`] : [])),
  ]
  if (indicator === null) return ['none for customers', unmeasured.join('; ')]
  if (measured === undefined || !isCurrent(fault, measured)) {
    const names = fault.remedies.filter(isExperiment).map((remedy) => `${nameOf(remedy)}: ${UNKNOWN}`)
    return [UNKNOWN, [...names, ...unmeasured].join('; ')]
  }
  const all = new Map(indicatorsOf(fault).map((one) => [one.name, one]))
  const text = (value: number | null, name: string) => formatIndicator(value, all.get(name) ?? indicator)
  const remedies = measured.remedies.map((remedy) => {
    const isOwn = remedy.indicator === indicator.name
    const figure = isOwn
      ? text(remedy.with, remedy.indicator)
      : `${remedy.indicator} ${text(remedy.without, remedy.indicator)} → ${text(remedy.with, remedy.indicator)}`
    return `${remedy.name}: ${figure}${remedy.judgement === 'helps' ? '' : ` (${remedy.judgement})`}`
  })
  const cost = `${indicator.name} ${text(measured.healthy, indicator.name)} → ${text(measured.without, indicator.name)}`
  return [cost, [...remedies, ...unmeasured].join('; ')]
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|')
}

/** When and on what all of it was measured. */
function runsText(verified: Verified): string {
  const runs = Object.values(verified).flatMap(({ contract, impact }) =>
    [contract, impact].filter((run) => run !== undefined),
  )
  if (runs.length === 0) return 'Nothing has been measured yet.'
  const dates = runs.map(({ date }) => date).sort()
  const cores = [...new Set(runs.map((run) => run.cores))].sort((a, b) => a - b)
  const [first, last] = [dates[0], dates.at(-1)]
  return `Measured ${first === last ? `on ${first}` : `from ${first} to ${last}`}, on ${cores.join(' and ')} cores.`
}
