// Durations as Go writes them: "300ms", "1.5h", "2h45m". See https://pkg.go.dev/time#ParseDuration.

/** The text is no duration; the message is Go's own. */
export class DurationError extends Error {
  override readonly name = 'DurationError'
}

const UNIT_NS: Record<string, bigint | undefined> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}
const MAX_NS = 2n ** 63n - 1n

/** Nanoseconds of a Go duration. Throws DurationError. */
export function parseGoDuration(text: string): bigint {
  const sign = text.startsWith('-') ? -1n : 1n
  const unsigned = text.replace(/^[-+]/, '')
  if (unsigned === '0') return 0n
  if (unsigned === '' || text.length > 64)
    throw new DurationError(`time: invalid duration ${JSON.stringify(text.slice(0, 64))}`)
  let rest = unsigned
  let total = 0n
  while (rest !== '') {
    const part = /^(?:(\d+)(?:\.(\d*))?|\.(\d+))([^\d.]*)/.exec(rest)
    if (!part) throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`)
    const [matched, whole = '0', fraction, bareFraction, unit = ''] = part
    if (unit === '') throw new DurationError(`time: missing unit in duration ${JSON.stringify(text)}`)
    const unitNs = Object.hasOwn(UNIT_NS, unit) ? UNIT_NS[unit] : undefined
    if (unitNs === undefined)
      throw new DurationError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`)
    const digits = fraction ?? bareFraction ?? ''
    total += BigInt(whole) * unitNs + (digits === '' ? 0n : (BigInt(digits) * unitNs) / 10n ** BigInt(digits.length))
    if (total > MAX_NS) throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`)
    rest = rest.slice(matched.length)
  }
  return sign * total
}
