// Active alerts, a block each: how grave, since when, what it means, and where it says what to do. Pure.
import type { ActiveAlert } from '../prometheus.ts'
import { type Colors, fitLeft, plain, width } from './cells.ts'
import { formatAge, formatClock } from './duration.ts'
import { columnWidth, describeLabels } from './label-columns.ts'
import { formatValue } from './metric-value.ts'

/** Of these rules and of most others: who is to be woken, who is to look into it, what only explains another alert. */
const SEVERITIES = ['page', 'critical', 'error', 'ticket', 'warning', 'cause', 'info', 'none']
const GRAVE = ['page', 'critical', 'error']
const STATE_COLUMNS = 7
const INDENT = ' '.repeat(STATE_COLUMNS + 2)
const MIN_TEXT = 30

export type AlertFacts = {
  name: string
  state: string
  /** Empty when the alert has none. */
  severity: string
  summary: string
  runbook: string
}

/** By the usual names of labels and annotations. */
export function describeAlert({ labels, annotations, state }: ActiveAlert): AlertFacts {
  return {
    name: labels['alertname'] ?? '',
    state,
    severity: labels['severity'] ?? '',
    summary: annotations['summary'] ?? annotations['description'] ?? annotations['message'] ?? '',
    runbook: annotations['runbook_url'] ?? annotations['runbook'] ?? '',
  }
}

/** Firing ones first, the gravest first, the oldest first. */
export function sortAlerts(alerts: readonly ActiveAlert[]): ActiveAlert[] {
  const rank = ({ severity }: AlertFacts) =>
    SEVERITIES.includes(severity) ? SEVERITIES.indexOf(severity) : SEVERITIES.length
  const keys = new Map(alerts.map((alert) => [alert, describeAlert(alert)]))
  const factsOf = (alert: ActiveAlert) => keys.get(alert) ?? describeAlert(alert)
  return [...alerts].sort(
    (one, other) =>
      Number(other.state === 'firing') - Number(one.state === 'firing') ||
      rank(factsOf(one)) - rank(factsOf(other)) ||
      (one.activeAtMs ?? 0) - (other.activeAtMs ?? 0) ||
      factsOf(one).name.localeCompare(factsOf(other).name, 'en'),
  )
}

/** Lines without line ends, in the order given; texts are broken at `columns`, addresses are not. */
export function drawAlerts(alerts: readonly ActiveAlert[], nowMs: number, columns: number, colors: Colors): string[] {
  const facts = alerts.map(describeAlert)
  const severityColumns = columnWidth(
    '',
    facts.map(({ severity }) => plain(severity)),
  )
  const room = Math.max(MIN_TEXT, columns - INDENT.length)
  return alerts.flatMap((alert, index) => {
    const { name, state, severity, summary, runbook } = facts[index] ?? describeAlert(alert)
    const paint = state !== 'firing' ? colors.dim : GRAVE.includes(severity) ? colors.red : colors.yellow
    const head = [
      paint(fitLeft(plain(state).toUpperCase(), STATE_COLUMNS)),
      ...(severityColumns > 0 ? [paint(fitLeft(plain(severity), severityColumns))] : []),
      colors.bold(plain(name)),
    ]
    const { alertname: _name, severity: _severity, ...others } = alert.labels
    const details = [
      ...breakText(plain(summary), room),
      `${sinceText(alert, nowMs)}, value ${formatValue(alert.value)}`,
      ...breakText(describeLabels(others), room).map(colors.dim),
      ...(runbook === '' ? [] : [colors.cyan(plain(runbook))]),
    ]
    return [...(index > 0 ? [''] : []), head.join('  '), ...details.map((line) => `${INDENT}${line}`)]
  })
}

function sinceText({ activeAtMs }: ActiveAlert, nowMs: number): string {
  if (activeAtMs === undefined) return 'since an unknown time'
  const clock = formatClock(activeAtMs * 1_000).slice(0, 8)
  return `since ${clock} (${formatAge(Math.max(0, nowMs - activeAtMs) / 1_000)})`
}

/** At spaces; a word longer than a line stays whole. No lines for no text. */
function breakText(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1)
    if (last !== undefined && width(last) + 1 + width(word) <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
