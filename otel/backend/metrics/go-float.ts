// Floats as Go's strconv reads and writes them, which is how Prometheus reads expositions and writes answers.

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const HEXADECIMAL = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)$/i
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i

/** The number that Go's ParseFloat reads, or undefined where it reports a syntax error. Too large numbers become infinite. */
export function parseGoFloat(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text)
  const special = SPECIAL.exec(text)
  if (special) return specialValue(special[1] === '-', special[2] ?? '')
  const hex = HEXADECIMAL.exec(text)
  if (!hex) return undefined
  const [, sign, whole = '', fraction = '', exponent] = hex
  if (whole === '' && fraction === '') return undefined
  // Exact up to 53 bits of mantissa, which is what a float holds.
  const mantissa = Number.parseInt(`${whole}${fraction}`, 16)
  const value = mantissa * 2 ** (Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -value : value
}

function specialValue(negative: boolean, name: string): number {
  if (name.toLowerCase() === 'nan') return Number.NaN
  return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** A sample's value in an answer: `0.1`, `1e-07`, `100000000000000000000`, `1e+21`, `+Inf`, `-Inf`, `NaN`. */
export function formatSampleValue(value: number): string {
  if (Number.isFinite(value)) {
    if (value === 0) return Object.is(value, -0) ? '-0' : '0'
    // JavaScript turns to exponents at the same magnitudes (1e21 and 1e-6), but writes them with one digit.
    return padExponent(String(value))
  }
  return specialText(value)
}

/** A scalar's value in an answer: like a sample's, but never with an exponent. */
export function formatScalarValue(value: number): string {
  const text = formatSampleValue(value)
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!match) return text
  const [, sign, whole = '', fraction = '', exponent] = match
  const digits = whole + fraction
  const point = 1 + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}

/** A float in Go's `e` format with the fewest digits: `1e+00`, `3.5e-07`. */
export function formatExponent(value: number): string {
  return Number.isFinite(value) ? padExponent(value.toExponential()) : specialText(value)
}

/** A float as Go's `%v` and `%g` print it: exponents from 1e6 (sic) and below 1e-4. */
export function formatGoValue(value: number): string {
  const magnitude = Math.abs(value)
  if (!Number.isFinite(value) || magnitude === 0) return formatSampleValue(value)
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value)
  return padExponent(value.toExponential())
}

/** A time in milliseconds as Prometheus writes it, in seconds: `1`, `1.500`, `-0.001`. */
export function formatTimestamp(timestampMs: number): string {
  const magnitude = Math.abs(timestampMs)
  const seconds = Math.floor(magnitude / 1000)
  const fraction = magnitude % 1000
  const sign = timestampMs < 0 ? '-' : ''
  return fraction === 0 ? `${sign}${seconds}` : `${sign}${seconds}.${String(fraction).padStart(3, '0')}`
}

function specialText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}

function padExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}
