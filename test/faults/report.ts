// What the verification prints of one fault. Pure.
import { formatIndicator } from '../../faults/indicators.ts'
import { indicatorsOf } from '../../faults/testing/impact.ts'
import { whereOf } from '../../faults/testing/verified.ts'
import type { Result } from './verify.ts'

export const heading = row('FAULT', 'WHERE', 'METRICS', 'TRACES', 'ALERT', 'CLEARED')

export function linesOf({
  task: { fault, size, contract, impact: injection },
  verdict,
  impact,
  error,
}: Result): string {
  const where = whereOf(verdict?.injection ?? contract ?? injection ?? {})
  const figures = verdict
    ? [verdict.metricsS, verdict.tracesS, verdict.alertS, verdict.clearedS].map(secondsText)
    : ['', '', '', '']
  const failures = [...(verdict?.failures ?? []), ...(impact?.failures ?? []), ...(error === undefined ? [] : [error])]
  return [
    row(fault.id, `${where}${size === 'full' ? ' (full)' : ''}`, ...figures),
    ...impactLines({ fault, impact }),
    ...failures.map((failure) => `    ✗ ${failure}`),
  ].join('\n')
}

export function failed({ verdict, impact, error }: Result): boolean {
  return error !== undefined || (verdict?.failures.length ?? 0) + (impact?.failures.length ?? 0) > 0
}

function impactLines({ fault, impact }: { fault: Result['task']['fault']; impact: Result['impact'] }): string[] {
  const own = fault.impact.indicator
  if (!impact || !own) return []
  const all = new Map(indicatorsOf(fault).map((indicator) => [indicator.name, indicator]))
  const text = (value: number | null, name: string) => formatIndicator(value, all.get(name) ?? own)
  const remedies = impact.remedies.map(
    ({ name, indicator, without, with: remedied, judgement }) =>
      `    ${name}: ${indicator} ${text(without, indicator)} → ${text(remedied, indicator)}, ${judgement}`,
  )
  return [
    `    ${own.name}: healthy ${text(impact.healthy, own.name)}, without remedies ${text(impact.without, own.name)}`,
    ...remedies,
  ]
}

function secondsText(value: number | null | 'none' | 'on'): string {
  return typeof value === 'number' ? `${value.toFixed(1)} s` : { none: '–', on: 'was on', null: 'NO' }[`${value}`]
}

function row(fault: string, where: string, ...figures: string[]): string {
  return [fault.padEnd(18), where.padEnd(28), ...figures.map((figure) => figure.padStart(8))].join(' ').trimEnd()
}
