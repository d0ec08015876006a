// Numbers for people, as Prometheus's template functions write them.

const LARGE = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
const LARGE_1024 = ['', 'ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']
const SMALL = ['', 'm', 'u', 'n', 'p', 'f', 'a', 'z', 'y']

/** Go's `%.<precision>g`. */
export function formatGeneral(value: number, precision: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', exponentText = ''] = value.toExponential(Math.max(0, precision - 1)).split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= Math.max(1, precision)) {
    const digits = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const fixed = value.toFixed(Math.max(0, precision - 1 - exponent))
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed
}

const general = (value: number) => formatGeneral(value, 4)

/** `1.235M`, `10u`. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return general(value)
  return Math.abs(value) >= 1 ? scaleDown(value, 1000, LARGE) : scaleUp(value)
}

/** `1.177Mi`. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return general(value)
  return scaleDown(value, 1024, LARGE_1024)
}

/** Seconds as `1d 10h 17m 36s`, `61.5s` or `123.4ms`. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return general(seconds)
  if (seconds === 0) return '0s'
  if (Math.abs(seconds) < 1) return `${scaleUp(seconds)}s`
  const sign = seconds < 0 ? '-' : ''
  const magnitude = Math.abs(seconds)
  const whole = Math.trunc(magnitude)
  const days = Math.floor(whole / 86_400)
  const hours = Math.floor(whole / 3600) % 24
  const minutes = Math.floor(whole / 60) % 60
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${whole % 60}s`
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${whole % 60}s`
  if (minutes > 0) return `${sign}${minutes}m ${whole % 60}s`
  return `${sign}${general(magnitude)}s`
}

/** A ratio as `12.34%`. */
export function humanizePercentage(ratio: number): string {
  return `${general(ratio * 100)}%`
}

/** Seconds since the epoch as `1970-01-15 06:56:07.875 +0000 UTC`. */
export function humanizeTimestamp(seconds: number): string {
  if (!Number.isFinite(seconds)) return general(seconds)
  // As Prometheus rounds: by way of whole nanoseconds, in a float, to whole milliseconds.
  const date = new Date(Number(BigInt(Math.trunc(seconds * 1e9)) / 1_000_000n))
  if (Number.isNaN(date.getTime())) return general(seconds)
  const [day = '', time = ''] = date.toISOString().replace('Z', '').split('T')
  return `${day} ${time.replace(/\.?0+$/, '')} +0000 UTC`
}

function scaleDown(value: number, base: number, prefixes: readonly string[]): string {
  let scaled = value
  let index = 0
  while (Math.abs(scaled) >= base && index < prefixes.length - 1) {
    scaled /= base
    index++
  }
  return `${general(scaled)}${prefixes[index]}`
}

function scaleUp(value: number): string {
  let scaled = value
  let index = 0
  while (Math.abs(scaled) < 1 && index < SMALL.length - 1) {
    scaled *= 1000
    index++
  }
  return `${general(scaled)}${SMALL[index]}`
}
