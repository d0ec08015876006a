// Draws a trace as a waterfall: a tree of spans on the left, bars on a common time scale on the right. Pure: rows in, lines out.
import { drawBar, drawScale } from './bar.ts'
import { type Colors, fitLeft, fitRight, plain, serviceColors, width } from './cells.ts'
import { formatDateTime, formatMicros } from './duration.ts'
import type { LogRecord } from './log-line.ts'
import { drawLog, drawRemarks, groupBySpan, type RemarkPen, trunk } from './remarks.ts'
import type { Span } from './span.ts'
import { arrangeTrace, describeTrace, MAX_DRAWN_LEVELS, type TraceFacts, type TreeRow } from './trace-tree.ts'

export type WaterfallInput = {
  traceId: string
  spans: Span[]
  /** In order of time; each is drawn under its span. */
  logs: LogRecord[]
  /** What linked traces are, by their id: `frontdoor POST /api/checkout`. */
  linkNames: Map<string, string>
  /** The backend's own remarks about the trace. */
  warnings: string[]
}

export type WaterfallOptions = {
  /** Width of the drawing in characters; at least 60 are used. */
  columns: number
  /** Whether long remarks are cut at `columns`, as a terminal wants it, or kept whole. */
  cutRemarks: boolean
  colors: Colors
}

/** Widths of the columns, without the one space between them. */
type Layout = { label: number; region: number; kind: number; status: number; time: number; bar: number; indent: number }

const MIN_COLUMNS = 60
/** From here on there is room for the span's kind and a wider indentation. */
const WIDE_COLUMNS = 120

/** The whole drawing, lines without line ends. */
export function drawWaterfall(input: WaterfallInput, options: WaterfallOptions): string[] {
  const facts = describeTrace(input.spans)
  const rows = arrangeTrace(input.spans)
  const layout = layOut(rows, Math.max(MIN_COLUMNS, options.columns))
  const pen: Pen = {
    layout,
    facts,
    colors: options.colors,
    paintOf: serviceColors(options.colors),
    remarks: {
      colors: options.colors,
      indent: layout.indent,
      columns: options.cutRemarks ? Math.max(MIN_COLUMNS, options.columns) : Number.POSITIVE_INFINITY,
      startMicros: facts.startMicros,
      linkNames: input.linkNames,
    },
  }
  const logs = groupBySpan(input.logs, new Set(input.spans.map((span) => span.id)))
  const lines = [...drawHead(input, pen), '', drawTitles(pen)]
  const ancestors: Span[] = []
  for (const row of rows) {
    ancestors.length = row.depth
    lines.push(drawRow(row, ancestors.at(-1), pen), ...drawRemarks(row, logs.get(row.span.id) ?? [], pen.remarks))
    ancestors.push(row.span)
  }
  const stray = logs.get('') ?? []
  if (stray.length > 0)
    lines.push('', 'logs without a span:', ...stray.map((log) => `  ${drawLog(log, 2, pen.remarks)}`))
  return [...lines, ...drawWarnings(input, rows, pen)].map((line) => line.trimEnd())
}

type Pen = {
  layout: Layout
  facts: TraceFacts
  colors: Colors
  paintOf: (service: string) => (text: string) => string
  remarks: RemarkPen
}

function layOut(rows: TreeRow[], columns: number): Layout {
  const wide = columns >= WIDE_COLUMNS
  const indent = wide ? 2 : 1
  const regions = rows.map((row) => width(plain(row.span.region ?? '')))
  const fixed = { region: Math.min(10, Math.max(3, ...regions)), kind: wide ? 8 : 0, status: wide ? 8 : 5, time: 7 }
  const longest = Math.max(
    ...rows.map((row) => Math.min(row.depth, MAX_DRAWN_LEVELS + 1) * indent + 2 + width(labelOf(row.span, undefined))),
  )
  const label = Math.min(longest, Math.floor(columns * (wide ? 0.45 : 0.47)))
  const gaps = 5 + (fixed.kind > 0 ? 1 : 0)
  const bar = columns - label - gaps - fixed.region - fixed.kind - fixed.status - fixed.time
  return { ...fixed, label, bar, indent }
}

function drawHead({ traceId, spans }: WaterfallInput, { facts, colors }: Pen): string[] {
  const counts = [
    formatMicros(facts.durationMicros),
    countOf(spans.length, 'span'),
    countOf(facts.services.length, 'service'),
    facts.errors > 0 ? colors.red(countOf(facts.errors, 'error')) : 'no errors',
  ]
  return [
    `${colors.bold(`Trace ${traceId}`)}`,
    `${plain(facts.root.node)} ${plain(facts.root.operation)} · ${counts.join(' · ')}`,
    colors.dim(`started ${formatDateTime(facts.startMicros)}`),
  ]
}

function drawTitles({ layout, facts, colors }: Pen): string {
  const half = formatMicros(facts.durationMicros / 2)
  const scale = drawScale('0', half, formatMicros(facts.durationMicros), layout.bar)
  return colors.dim(
    joinCells(
      layout,
      fitLeft('SPAN', layout.label),
      layout.region < 6 ? 'REG' : 'REGION',
      'KIND',
      'CODE',
      'TIME',
      scale,
    ),
  )
}

function drawRow(row: TreeRow, parent: Span | undefined, { layout, facts, colors, paintOf }: Pen): string {
  const { span } = row
  const paint = paintOf(span.service)
  const lead = branchOf(row, layout.indent)
  const mark = span.isError ? '✗ ' : ''
  const label = fitLeft(labelOf(span, parent), layout.label - width(lead) - width(mark))
  const offset = span.startMicros - facts.startMicros
  const whole = Math.max(1, facts.durationMicros)
  const bar = drawBar(offset / whole, (offset + span.durationMicros) / whole, layout.bar)
  const painted = colors.dim(lead) + colors.red(mark) + (span.isError ? colors.red(label) : paint(label))
  const status = statusOf(span, layout.status)
  return joinCells(
    layout,
    painted,
    span.region ?? '',
    span.kind ?? '',
    span.isError ? { text: status, paint: colors.red } : status,
    formatMicros(span.durationMicros),
    span.isError ? colors.red(bar) : paint(bar),
  )
}

/** The label comes painted and as wide as its column, the bar painted. */
function joinCells(
  layout: Layout,
  label: string,
  region: string,
  kind: string,
  status: string | { text: string; paint: (text: string) => string },
  time: string,
  bar: string,
): string {
  const { text, paint } = typeof status === 'string' ? { text: status, paint: (same: string) => same } : status
  const cells = [
    label,
    fitLeft(plain(region), layout.region),
    ...(layout.kind > 0 ? [fitLeft(kind, layout.kind)] : []),
    paint(fitLeft(plain(text), layout.status)),
    fitRight(time, layout.time),
  ]
  return `${cells.join(' ')} ${bar}`
}

/** A long one gives way to `error`: the message below the span says more. */
function statusOf({ status, isError }: Span, columns: number): string {
  if (status !== undefined && (width(status) <= columns || !isError)) return status
  return isError ? 'error' : ''
}

/** The node is named where the trace enters it, so that a reader sees the hops; an arrow marks what leaves it. */
function labelOf(span: Span, parent: Span | undefined): string {
  const arrow = span.kind === 'client' || span.kind === 'producer' ? '→ ' : ''
  const operation = `${arrow}${plain(span.operation)}`
  return parent?.node === span.node ? operation : `${plain(span.node)} ${operation}`
}

function branchOf(row: TreeRow, indent: number): string {
  if (row.depth === 0) return ''
  const branch = row.depth > MAX_DRAWN_LEVELS + 1 ? '⋯' : row.isLast ? '└' : '├'
  return trunk(row.openLevels, indent) + branch + (indent > 1 ? '─ ' : ' ')
}

function drawWarnings({ warnings }: WaterfallInput, rows: TreeRow[], { colors }: Pen): string[] {
  const orphans = rows.filter((row) => row.orphaned !== undefined).length
  const skewed = rows.filter((row) => row.skewMicros !== undefined).length
  const texts = [
    ...warnings.map(plain),
    ...(orphans > 0 ? [`${countOf(orphans, 'span')} whose parent is missing or below`] : []),
    ...(skewed > 0 ? [`${countOf(skewed, 'span')} with a start before the parent's: clocks differ`] : []),
  ]
  return texts.length === 0 ? [] : ['', ...texts.map((text) => colors.yellow(`warning: ${text}`))]
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
