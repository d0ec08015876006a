// Number literals as PromQL reads them, and numbers as Prometheus writes them.

/** Reads `12`, `1_000`, `0x1f`, `017` (octal), `1.5e3`, `Inf`, `NaN`; undefined when the text is no number. */
export function parseNumber(text: string): number | undefined {
  const lower = text.toLowerCase()
  if (lower === 'inf') return Number.POSITIVE_INFINITY
  if (lower === 'nan') return Number.NaN
  // Underscores separate digits only.
  if (/__|_$|_\.|\._|_e|e_|^_/.test(lower) && !/^0x_?[\da-f]/.test(lower)) return undefined
  const plain = lower.replaceAll('_', '')
  if (/^0x[\da-f]+$/.test(plain)) return Number(plain)
  if (/^0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8)
  if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(plain)) return Number(plain)
  return undefined
}

/** As Go's 'f' format with the fewest digits: never an exponent. `+Inf`, `-Inf`, `NaN`. */
export function formatPlainNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!match) return text
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match
  const digits = whole + fraction
  const point = 1 + Number(exponentText)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return sign + digits.padEnd(point, '0')
}

/** As Prometheus's JSON and templates write a sample value: an exponent of two digits below 1e-6 and from 1e21. */
export function formatSampleValue(value: number): string {
  const magnitude = Math.abs(value)
  if (!Number.isFinite(value) || magnitude === 0 || (magnitude >= 1e-6 && magnitude < 1e21)) {
    return formatPlainNumber(value)
  }
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}
