// What a soak has found: data, and as Markdown for people. Pure.
import { describeEvent } from '../../cluster/replay/describe-event.ts'
import type { Outcome, Schedule } from '../../faults/schedules/schedule.ts'
import { describeViolation, type Violation } from '../invariants/violation.ts'
import type { Looks } from './watch.ts'

export type SoakReport = {
  seed: number
  minutes: number
  size: Schedule['size']
  load: number
  /** Of faults that this size cannot show. */
  leftOut: string[]
  plan: Schedule
  /** What was done in fact, with the moments at which it was. */
  played: Schedule | null
  /** Events that the control plane refused, with its words. */
  refused: string[]
  looks: Looks
  /** Whether all that must hold at the end was looked at. */
  audited: boolean
  orders: { shipped: number; refused: number }
  checkouts: { accepted: number; refused: number; unknown: number; open: number } | null
  violations: (Violation & { atS: number })[]
  /** What kept the shop from coming to rest; empty when it is green. */
  problems: string[]
  /** Alerts that still look back at the faults. */
  lingering: string[]
  restarts: { node: string; restarts: number }[]
  outcome: Outcome | null
  interrupted: boolean
  durationS: number
}

export function isGreen({ violations, problems, audited }: SoakReport): boolean {
  return violations.length === 0 && problems.length === 0 && audited
}

/** The command that does the same again. */
export function commandOf({
  minutes,
  seed,
  size,
  load,
}: Pick<SoakReport, 'minutes' | 'seed' | 'size' | 'load'>): string {
  return `npm run soak -- --minutes ${minutes} --seed ${seed} --size ${size} --load ${load}`
}

export function planLines({ events }: Schedule): string[] {
  return events.map((event) => `${event.atS.toFixed(1).padStart(7)} s  ${describeEvent(event)}`)
}

export function toMarkdown(report: SoakReport): string {
  const { plan, looks, violations, problems, orders, checkouts, restarts, outcome } = report
  const verdict = isGreen(report) ? 'green' : 'NOT green'
  const list = (items: readonly string[], none: string) =>
    items.length === 0 ? [none] : items.map((item) => `- ${item}`)
  return [
    `# Soak: ${report.minutes} minutes, seed ${report.seed}, ${report.size}: ${verdict}`,
    '',
    `\`${commandOf(report)}\`${report.interrupted ? ', interrupted' : ''}; ${Math.round(report.durationS)} s in all.`,
    '',
    '## What must hold',
    '',
    `Looked at ${looks.books.done} times in the databases (${looks.books.impossible} times they did not answer) and ` +
      `${looks.ledger.done} times in the ledger (${looks.ledger.impossible}), ${report.audited ? 'and everything at the end' : 'NOT at the end'}.`,
    `${orders.shipped} orders were shipped and ${orders.refused} refused.` +
      (checkouts
        ? ` Customers were told of ${checkouts.accepted} accepted and ${checkouts.refused} refused ones, and gave up ${checkouts.unknown}.`
        : ''),
    '',
    ...list(
      violations.map((one) => `**${describeViolation(one)}**, first seen at ${one.atS.toFixed(0)} s`),
      'No violation.',
    ),
    '',
    '## How it ended',
    '',
    ...list(
      problems,
      'All nodes are ready, all orders have ended, and no alert fires that does not look back at the faults.',
    ),
    ...(report.lingering.length === 0 ? [] : ['', `Alerts that still look back: ${report.lingering.join(', ')}.`]),
    '',
    '## What customers got',
    '',
    ...figures(outcome),
    '',
    '## What was done',
    '',
    ...(report.leftOut.length === 0 ? [] : [`Not in this size: ${report.leftOut.join(', ')}.`, '']),
    ...planLines(report.played ?? plan).map((line) => `    ${line}`),
    ...(report.refused.length === 0 ? [] : ['', 'Refused:', '', ...report.refused.map((line) => `- ${line}`)]),
    '',
    '## Nodes that were started again',
    '',
    ...list(
      restarts.map(({ node, restarts: count }) => `${node}: ${count}`),
      'None.',
    ),
    '',
  ].join('\n')
}

function figures(outcome: Outcome | null): string[] {
  if (!outcome) return ['Not measured.']
  const { intervals, totals, intervalS } = outcome
  const row = (name: string, { offered, good, failed, dropped, p50Ms, p95Ms }: Outcome['totals']) =>
    `| ${name} | ${offered} | ${good} | ${failed} | ${dropped} | ${p50Ms ?? '–'} | ${p95Ms ?? '–'} |`
  return [
    '| from | offered | good | failed | dropped | p50 ms | p95 ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...intervals.map((interval, index) => row(`${(index * intervalS) / 60} min`, interval)),
    row('all', totals),
  ]
}
