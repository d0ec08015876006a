// Times of day and durations as people read them.

/** `14:03:07`, local. */
export function formatTime(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB')
}

/** `14:03:07.250`, local. */
export function formatTimeMs(ms: number): string {
  return `${formatTime(ms)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`
}

/** `23 Nov 14:03:07`, local. */
export function formatDateTime(ms: number): string {
  const date = new Date(ms)
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${formatTime(ms)}`
}

/** Three digits and a unit: `950 µs`, `12.3 ms`, `1.25 s`, `3 min 20 s`. */
export function formatMicros(micros: number): string {
  const sign = micros < 0 ? '−' : ''
  const size = Math.abs(micros)
  if (size < 0.5) return '0 µs'
  if (size < 999.5) return `${sign}${threeDigits(size)} µs`
  if (size < 999_500) return `${sign}${threeDigits(size / 1_000)} ms`
  if (size < 60_000_000) return `${sign}${threeDigits(size / 1_000_000)} s`
  const seconds = Math.round(size / 1_000_000)
  return `${sign}${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function threeDigits(value: number): string {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  const text = value.toFixed(digits)
  return digits > 0 ? text.replace(/\.?0+$/, '') : text
}

/** How long ago, roughly: `12 s ago`. */
export function formatAgo(ms: number, nowMs: number): string {
  const s = Math.max(0, Math.round((nowMs - ms) / 1000))
  if (s < 90) return `${s} s ago`
  if (s < 5_400) return `${Math.round(s / 60)} min ago`
  return s < 172_800 ? `${Math.round(s / 3_600)} h ago` : `${Math.round(s / 86_400)} days ago`
}
