// Where a value turns from well to doubtful to bad. Higher is worse unless said otherwise.
import { type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'

export type Limits = { doubtful?: number; bad?: number; lowIsBad?: true }

export const good = 'green'
export const doubtful = 'orange'
export const bad = 'red'

/** The steps in the form of Grafana: each colour from its value on, the first from minus infinity. */
export function stepsOf(limits: Limits): Threshold[] {
  const worse = [limits.doubtful, limits.bad].filter((value) => value !== undefined)
  if (!limits.lowIsBad) {
    const colors = limits.doubtful === undefined ? [bad] : [doubtful, bad]
    return [{ value: null, color: good }, ...worse.map((value, index) => ({ value, color: colors[index] ?? bad }))]
  }
  // Below the bad limit is bad, below the doubtful one doubtful, from there on good.
  if (limits.bad === undefined) return [step(null, doubtful), step(limits.doubtful ?? 0, good)]
  if (limits.doubtful === undefined) return [step(null, bad), step(limits.bad, good)]
  return [step(null, bad), step(limits.bad, doubtful), step(limits.doubtful, good)]
}

export function thresholds(limits: Limits): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(limits))
}

function step(value: number | null, color: string): Threshold {
  return { value, color }
}
