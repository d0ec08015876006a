// Times as RFC 3339 writes them, to the nanosecond: "2026-01-24T12:00:00.123456789Z".

const PATTERN = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/

/** Nanoseconds since the epoch, or null when the text is no such time. */
export function parseRfc3339(text: string): bigint | null {
  const match = PATTERN.exec(text)
  if (!match) return null
  const [, seconds = '', fraction = '', zone = ''] = match
  const ms = Date.parse(seconds + zone)
  // Date.parse takes "02-30" for the first of March; the round trip shows it.
  if (Number.isNaN(ms) || !new Date(Date.parse(`${seconds}Z`)).toISOString().startsWith(seconds)) return null
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
