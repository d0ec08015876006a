// The lines below a span: its error, what is wrong with its place in the trace, its links and its logs. Pure.
import { type Colors, cut, fitLeft, plain } from './cells.ts'
import { formatMicros } from './duration.ts'
import { describeDetails, type LogRecord, paintSeverity } from './log-line.ts'
import type { TreeRow } from './trace-tree.ts'

export type RemarkPen = {
  colors: Colors
  /** Characters a level of the tree. */
  indent: number
  /** Where lines are cut; Infinity keeps them whole. */
  columns: number
  /** The trace's start; logs are timed from it. */
  startMicros: number
  /** What linked traces are, by their id. */
  linkNames: Map<string, string>
}

/** One line each, led by the branches of the tree that go on below. */
export function drawRemarks(row: TreeRow, logs: LogRecord[], pen: RemarkPen): string[] {
  const { span } = row
  const { colors } = pen
  const taken = leadOf(row, pen.indent).length
  const room = pen.columns - taken
  const warn = (text: string) => colors.yellow(cut(`! ${text}`, room))
  const remarks: string[] = []
  if (span.isError && span.message) remarks.push(colors.red(cut(`✗ ${plain(span.message)}`, room)))
  const parentId = plain(span.parentId ?? '')
  if (row.orphaned === 'missing') remarks.push(warn(`its parent ${parentId} is not in this trace`))
  if (row.orphaned === 'circle') remarks.push(warn(`its parent ${parentId} descends from it`))
  if (row.skewMicros !== undefined) {
    remarks.push(warn(`starts ${formatMicros(row.skewMicros)} before its parent: the clocks of the two nodes differ`))
  }
  for (const warning of span.warnings) {
    // Jaeger's own words for what is said above.
    if (row.orphaned !== 'missing' || !warning.includes('not in the trace')) remarks.push(warn(plain(warning)))
  }
  for (const { traceId } of span.links) {
    const name = pen.linkNames.get(traceId)
    remarks.push(colors.dim(cut(`↗ linked to trace ${traceId}${name ? `: ${plain(name)}` : ''}`, room)))
  }
  for (const log of logs) remarks.push(drawLog(log, taken, pen))
  return remarks.map((text) => colors.dim(leadOf(row, pen.indent)) + text)
}

/** `· +12.3 ms WARN message key=value`; `taken` characters of the line are used already. */
export function drawLog(log: LogRecord, taken: number, pen: RemarkPen): string {
  const at = log.timeMicros - pen.startMicros
  const lead = `· ${at < 0 ? '-' : '+'}${formatMicros(Math.abs(at))} ${plain(log.severity)}`
  const text = cut(`${lead} ${plain(log.body)} ${describeDetails(log)}`.trimEnd(), pen.columns - taken)
  return paintSeverity(log, pen.colors)(text.slice(0, lead.length)) + text.slice(lead.length)
}

/** Logs by their span; those of no span, or of one that is not there, by the empty string. */
export function groupBySpan(logs: LogRecord[], spanIds: ReadonlySet<string>): Map<string, LogRecord[]> {
  const groups = new Map<string, LogRecord[]>()
  for (const log of logs) {
    const key = spanIds.has(log.spanId) ? log.spanId : ''
    const group = groups.get(key)
    if (group) group.push(log)
    else groups.set(key, [log])
  }
  return groups
}

/** The vertical lines of the levels above a row. */
export function trunk(openLevels: boolean[], indent: number): string {
  return openLevels.map((open) => fitLeft(open ? '│' : ' ', indent)).join('')
}

function leadOf(row: TreeRow, indent: number): string {
  const own = row.depth === 0 ? '' : fitLeft(row.isLast ? ' ' : '│', indent)
  const above = `${trunk(row.openLevels, indent)}${own}`
  return above + fitLeft(row.hasChildren ? '│' : '', indent + 1)
}
