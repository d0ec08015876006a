// Values of samples for people. Pure.

const SIGNIFICANT_DIGITS = 6

/** Six significant digits at least: `12`, `0.0421`, `1234567`, `1.5e-9`, `NaN`, `+Inf`. Whole numbers keep all of theirs. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const size = Math.abs(value)
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(3).replace(/\.?0+e/, 'e')
  if (Number.isInteger(value)) return String(value)
  const digitsBefore = size < 1 ? Math.floor(Math.log10(size)) + 1 : String(Math.floor(size)).length
  const decimals = Math.max(0, SIGNIFICANT_DIGITS - digitsBefore)
  return value
    .toFixed(decimals)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

/** A share as per cent with what is worth showing of it: `0`, `0.04`, `3.2`, `47`. */
export function formatPercent(share: number): string {
  const percent = share * 100
  if (!Number.isFinite(percent)) return '–'
  if (percent === 0) return '0'
  if (percent < 0.005) return '<0.01'
  return percent.toFixed(percent < 0.995 ? 2 : percent < 9.95 ? 1 : 0)
}

/** Events a second: `0`, `0.25`, `19.8`, `1240`. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '–'
  if (perSecond === 0) return '0'
  return perSecond.toFixed(perSecond < 0.995 ? 2 : perSecond < 99.95 ? 1 : 0)
}
