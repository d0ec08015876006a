// Times and durations as people type them for a query, and the step when they name none. Pure.

/** From long to short, as Prometheus wants them: https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations */
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const UNITS_S = [31_536_000, 604_800, 86_400, 3_600, 60, 1, 0.001]

/** Reads `15m`, `1h30m`, `500ms` or seconds as a number; returns seconds, undefined for anything else and for nothing. */
export function parseDurationS(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return positive(Number(text))
  const parts = DURATION.exec(text)
  if (!parts) return undefined
  return positive(UNITS_S.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0))
}

/** Reads seconds since 1970, an ISO 8601 time, or `-5m` for five minutes ago; returns seconds since 1970, undefined for anything else. */
export function parseTimeS(text: string, nowS: number): number | undefined {
  if (text.startsWith('-')) {
    const agoS = parseDurationS(text.slice(1))
    return agoS === undefined ? undefined : nowS - agoS
  }
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms / 1000
}

const NICE_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400]

/** The finest step that people would choose and that gives a drawing of `columns` characters at most a point each. In seconds. */
export function stepFor(rangeS: number, columns: number): number {
  const finest = rangeS / Math.max(1, columns)
  return NICE_STEPS_S.find((step) => step >= finest) ?? Math.ceil(finest / 86_400) * 86_400
}

function positive(seconds: number): number | undefined {
  return seconds > 0 ? seconds : undefined
}
