// Durations for people, and durations that people type.

/** Three significant digits: `850 µs`, `12.3 ms`, `1.2 s`, `2 m 05 s`. Takes µs. */
export function formatMicros(micros: number): string {
  if (micros < 1_000) return `${Math.round(micros)} µs`
  if (micros < 999_500) return `${threeDigits(micros / 1_000)} ms`
  if (micros < 59_995_000) return `${threeDigits(micros / 1_000_000)} s`
  const seconds = Math.round(micros / 1_000_000)
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`
}

function threeDigits(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  return value.toFixed(decimals)
}

/** How long something has been so: `8 s`, `2 min`, `3 h 20 min`, `4 d`. Takes seconds. */
export function formatAge(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d`
}

const unitsMicros = { us: 1, µs: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6 } as const

/** Reads `250us`, `100ms`, `1.5s`, `10m`, `2h`, `1d`; returns µs, undefined for anything else. */
export function parseMicros(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d)$/.exec(text.trim())
  // The pattern admits no unit that the table lacks.
  return match ? Number(match[1]) * unitsMicros[match[2] as keyof typeof unitsMicros] : undefined
}

/** Local wall-clock time with ms, for instance `22:30:12.345`. Takes µs since 1970. */
export function formatClock(micros: number): string {
  const date = new Date(micros / 1_000)
  const two = (value: number) => String(value).padStart(2, '0')
  const ms = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}

/** Local date and time, for instance `2025-11-22 22:30:12.345`. Takes µs since 1970. */
export function formatDateTime(micros: number): string {
  const date = new Date(micros / 1_000)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${formatClock(micros)}`
}
