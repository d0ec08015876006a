// What the verification has measured, kept beside the catalogue so that runs of a part of it can be merged. Pure.
import { z } from 'zod'
import type { Fault } from '../fault.ts'
import { isExperiment, nameOf } from '../remedy.ts'
import type { Verdict } from './contract.ts'
import type { Impact } from './impact.ts'

const Run = { date: z.iso.date(), cores: z.int(), size: z.enum(['small', 'full']), where: z.string() }
/** Seconds, or that it was looked for in vain. */
const Seconds = z.union([z.number(), z.literal('not seen')])
const Value = z.number().nullable()

const ContractRow = z.object({
  ...Run,
  metricsS: Seconds,
  tracesS: Seconds,
  /** Absent when none is expected, or nobody has waited for it yet. */
  alertS: Seconds.optional(),
  clearedS: Seconds,
})
const ImpactRow = z.object({
  ...Run,
  indicator: z.string(),
  healthy: Value,
  without: Value,
  remedies: z.array(
    z.object({
      name: z.string(),
      indicator: z.string(),
      without: Value,
      with: Value,
      judgement: z.enum(['helps', 'does not help', 'no impact to reduce']),
    }),
  ),
})
const Row = z.object({ contract: ContractRow.optional(), impact: ImpactRow.optional() })
export type Row = z.infer<typeof Row>
export const Verified = z.record(z.string(), Row)
export type Verified = z.infer<typeof Verified>

export type RunFacts = { date: string; cores: number; size: 'small' | 'full' }

/** With what one run has found; what it did not look at stays. */
export function withContract(row: Row, run: RunFacts, verdict: Verdict): Row {
  const seconds = (value: number | null): z.infer<typeof Seconds> =>
    value === null ? 'not seen' : Number(value.toFixed(1))
  const { alertS } = verdict
  const alert = typeof alertS === 'string' ? row.contract?.alertS : seconds(alertS)
  const figures = {
    ...run,
    where: whereOf(verdict.injection),
    metricsS: seconds(verdict.metricsS),
    tracesS: seconds(verdict.tracesS),
    clearedS: seconds(verdict.clearedS),
  }
  return { ...row, contract: alert === undefined ? figures : { ...figures, alertS: alert } }
}

/** A fault without an indicator leaves the row as it is: there is nothing to measure. */
export function withImpact(row: Row, run: RunFacts, impact: Impact): Row {
  const { indicator, healthy, without, remedies, injection } = impact
  if (indicator === null) return row
  const rounded = (value: number | null) => (value === null ? null : Number(value.toFixed(4)))
  const figures = remedies.map((remedy) => ({
    ...remedy,
    without: rounded(remedy.without),
    with: rounded(remedy.with),
  }))
  const where = whereOf(injection)
  return {
    ...row,
    impact: { ...run, where, indicator, healthy: rounded(healthy), without: rounded(without), remedies: figures },
  }
}

/** Whether the figures are those of the remedies that the fault has now. */
export function isCurrent({ remedies, impact }: Fault, row: Row['impact']): boolean {
  if (row === undefined) return false
  const names = remedies.filter(isExperiment).map(nameOf)
  return row.indicator === impact.indicator?.name && names.join() === row.remedies.map(({ name }) => name).join()
}

/** Whom an injection concerns, in words. */
export function whereOf({ target, from, to }: { target?: string; from?: string; to?: string }): string {
  return target ?? (from === undefined ? 'the cluster' : `${from} → ${to ?? 'everybody'}`)
}
