// Prometheus durations, `1h30m`: units from the largest to the smallest, each at most once.

const UNITS = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/** Longest duration, in milliseconds: 2^63 - 1 nanoseconds, about 292 years. */
export const MAX_DURATION_MS = 9_223_372_036_854

/** Milliseconds of `1h30m`, or undefined when the text is not a duration or is out of range. */
export function parseDurationMs(text: string): number | undefined {
  const match = PATTERN.exec(text)
  if (!match || text === '') return undefined
  let total = 0
  UNITS.forEach(([, unitMs], index) => {
    total += Number(match[index + 1] ?? 0) * unitMs
  })
  return total <= MAX_DURATION_MS ? total : undefined
}

/** The shortest usual spelling; years and weeks only when nothing remains (`90d`, not `12w6d`). */
export function formatDuration(durationMs: number): string {
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`
  let rest = Math.trunc(durationMs)
  if (rest === 0) return '0s'
  let text = ''
  for (const [unit, unitMs] of UNITS) {
    if ((unit === 'y' || unit === 'w') && rest % unitMs !== 0) continue
    const count = Math.floor(rest / unitMs)
    if (count === 0) continue
    text += `${count}${unit}`
    rest -= count * unitMs
  }
  return text
}
