// The distance between two points of a query over a range, as Grafana chooses it: about one a pixel, of round lengths, never finer than
// the query's own minimum.

/** Grafana's round lengths, in milliseconds; each holds up to the middle between it and the next one. */
const rounds = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 900_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
]

/** Prometheus refuses more points a series. */
const MAX_POINTS = 11_000

/** @param maxPoints width of the panel in pixels, or what the panel says */
export function stepMs(rangeMs: number, maxPoints: number, minStepMs: number): number {
  const wanted = rangeMs / Math.max(1, maxPoints)
  const round = rounds.find((length, index) => {
    const next = rounds[index + 1]
    return next === undefined || wanted < (length + next) / 2
  })
  const step = Math.max(round ?? 86_400_000, minStepMs)
  return Math.max(step, Math.ceil(rangeMs / MAX_POINTS / 1000) * 1000)
}

const unitsMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `5s`, `1m30s`; undefined for what is no duration. In milliseconds. */
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g))
    sum += Number(amount) * (unitsMs[unit] ?? 0)
  return sum
}

/** The range aligned to its steps, so that points do not wander as the range moves on. */
export function aligned(startMs: number, endMs: number, step: number): { startMs: number; endMs: number } {
  return { startMs: Math.floor(startMs / step) * step, endMs: Math.floor(endMs / step) * step }
}
