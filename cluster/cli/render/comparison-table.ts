// Two runs side by side: a line for each interval with the figures of both, events between them, and below what it came to. Pure.
import type { Figures } from '../../../faults/schedules/schedule.ts'
import type { ComparedTotal, Comparison } from '../../replay/compare.ts'
import type { Output } from '../context.ts'
import { cut, fitLeft, fitRight, plain } from './cells.ts'

type Pen = Pick<Output, 'colors' | 'columns'>

const TIME_WIDTH = 13
/** Of offered, good, failed, p50, p95. */
const CELLS = [8, 6, 7, 8, 8]
const SIDE_WIDTH = CELLS.reduce((sum, width) => sum + width, 0)

export function drawComparison(
  { rows, totals, alerts, signatures }: Comparison,
  titles: { recorded: string; run: string },
  pen: Pen,
): string[] {
  const { dim, bold } = pen.colors
  const head = ['offered', 'good', 'failed', 'p50 ms', 'p95 ms']
    .map((text, index) => fitRight(text, CELLS[index] ?? 0))
    .join('')
  return [
    `${' '.repeat(TIME_WIDTH)}${bold(fitRight(plain(titles.recorded), SIDE_WIDTH))} │${bold(fitRight(plain(titles.run), SIDE_WIDTH))}`,
    dim(`${fitRight('seconds', TIME_WIDTH)}${head} │${head}`),
    ...rows.flatMap((row) => (row.kind === 'event' ? eventLines(row, pen) : [intervalLine(row, pen)])),
    '',
    dim(
      `${fitLeft('in all', TIME_WIDTH)}${fitRight('recorded', 12)}${fitRight('this run', 12)}${fitRight('difference', 14)}`,
    ),
    ...totals.map((total) => totalLine(total, pen)),
    ...firsts(
      'alert',
      alerts.map(({ name, ...at }) => ({ name, ...at })),
      pen,
    ),
    ...firsts(
      'signature',
      signatures.map(({ fault, ...at }) => ({ name: fault, ...at })),
      pen,
    ),
  ]
}

function intervalLine(
  { fromS, untilS, recorded, run }: Extract<Comparison['rows'][number], { kind: 'interval' }>,
  { colors }: Pen,
): string {
  const time = fitRight(`${seconds(fromS)}–${seconds(untilS)}`, TIME_WIDTH)
  return `${time}${side(recorded, colors)} │${side(run, colors)}`
}

function side(figures: Figures | null, { red }: Pen['colors']): string {
  if (!figures) return fitRight('–', SIDE_WIDTH)
  const { offered, good, failed, p50Ms, p95Ms } = figures
  const cells = [String(offered), String(good), String(failed), msText(p50Ms), msText(p95Ms)]
  return cells
    .map((text, index) => fitRight(text, CELLS[index] ?? 0))
    .map((cell, index) => (index === 2 && failed > 0 ? red(cell) : cell))
    .join('')
}

function eventLines(
  { atS, text, otherText, in: where }: Extract<Comparison['rows'][number], { kind: 'event' }>,
  { colors, columns }: Pen,
): string[] {
  const line = (mark: string, words: string) =>
    colors.yellow(cut(`${fitRight(seconds(atS), TIME_WIDTH)} ${mark} ${plain(words)}`, Math.max(40, columns)))
  switch (where) {
    case 'recorded':
      return [line('◀', `${text} (recorded only)`)]
    case 'run':
      return [line('▶', `${text} (this run only)`)]
    case 'both':
      return otherText === undefined
        ? [line('●', text)]
        : [line('◀', `${text} (recorded)`), line('▶', `${otherText} (this run)`)]
  }
}

function totalLine({ what, unit, recorded, run, difference, better }: ComparedTotal, { colors }: Pen): string {
  const shown = (value: number | null) => (value === null ? '–' : `${numberText(value, unit)}${suffix(unit)}`)
  const change =
    difference === null ? '–' : `${difference > 0 ? '+' : ''}${shown(difference)}`.replace(/^-(?=0(\.0)?(\D|$))/, '')
  const cell = fitRight(change, 14)
  const gain = difference === null || Math.abs(difference) < 0.05 ? 0 : Math.sign(difference) * better
  const painted = gain > 0 ? colors.green(cell) : gain < 0 ? colors.red(cell) : cell
  return `${fitLeft(what, TIME_WIDTH)}${fitRight(shown(recorded), 12)}${fitRight(shown(run), 12)}${painted}`
}

function suffix(unit: ComparedTotal['unit']): string {
  return unit === 'ms' || unit === '%' ? ` ${unit}` : unit
}

function firsts(
  kind: string,
  items: readonly { name: string; recordedS: number | null; runS: number | null }[],
  { colors }: Pen,
): string[] {
  if (items.length === 0) return []
  const at = (timeS: number | null) => (timeS === null ? '–' : `${seconds(timeS)} s`)
  const width = Math.max(kind.length + 8, ...items.map(({ name }) => name.length + 2))
  return [
    '',
    colors.dim(`${fitLeft(`${kind} since`, width)}${fitRight('recorded', 12)}${fitRight('this run', 12)}`),
    ...items.map(
      ({ name, recordedS, runS }) =>
        `${fitLeft(plain(name), width)}${fitRight(at(recordedS), 12)}${fitRight(at(runS), 12)}`,
    ),
  ]
}

function numberText(value: number, unit: ComparedTotal['unit']): string {
  return unit === '' ? String(Math.round(value)) : unit === 'ms' ? msText(value) : value.toFixed(1)
}

function msText(value: number | null): string {
  if (value === null) return '–'
  return Math.abs(value) < 9.95 ? value.toFixed(1) : String(Math.round(value))
}

function seconds(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}
