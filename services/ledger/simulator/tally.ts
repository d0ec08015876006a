// What many schedules came to.
import type { Outcome } from './simulation.ts'

export type Tally = {
  schedules: number
  failures: Outcome[]
  elections: number
  committed: number
  operations: number
  units: number
  startedAtMs: number
}

export function emptyTally(): Tally {
  return {
    schedules: 0,
    failures: [],
    elections: 0,
    committed: 0,
    operations: 0,
    units: 0,
    startedAtMs: performance.now(),
  }
}

export function addOutcome(tally: Tally, outcome: Outcome): void {
  tally.schedules++
  tally.elections += outcome.figures.elections
  tally.committed += outcome.figures.committed
  tally.operations += outcome.figures.operations
  tally.units += outcome.figures.units
  if (outcome.failure) tally.failures.push(outcome)
}

export function formatTally({ schedules, failures, elections, committed, operations, startedAtMs }: Tally): string {
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
  const figures = { elections, 'committed entries': committed, 'answered operations': operations }
  const text = Object.entries(figures).map(([name, figure]) => `${figure.toLocaleString('en')} ${name}`)
  return `${schedules.toLocaleString('en')} schedules in ${seconds} s, ${failures.length} failed: ${text.join(', ')}`
}
