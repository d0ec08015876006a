// Numbers as people read them, by Grafana's ids of units: `s` turns 0.0123 into 12.3 ms. An id that is not known is printed after the
// number, as Grafana does.

type Step = { from: number; by: number; suffix: string }

/** Ordered from the largest: the first whose `from` is not above the value is taken, the last else. */
const seconds: readonly Step[] = [
  { from: 86_400, by: 86_400, suffix: ' d' },
  { from: 3_600, by: 3_600, suffix: ' h' },
  { from: 60, by: 60, suffix: ' min' },
  { from: 1, by: 1, suffix: ' s' },
  { from: 1e-3, by: 1e-3, suffix: ' ms' },
  { from: 1e-6, by: 1e-6, suffix: ' µs' },
  { from: 0, by: 1e-9, suffix: ' ns' },
]

function scaled(base: number, suffixes: readonly string[]): readonly Step[] {
  return suffixes
    .map((suffix, power) => ({ from: power === 0 ? 0 : base ** power, by: base ** power, suffix }))
    .reverse()
}

const short = scaled(1000, ['', ' K', ' Mil', ' Bil', ' Tri'])
const iecBytes = scaled(1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB'])
const siBytes = scaled(1000, [' B', ' kB', ' MB', ' GB', ' TB', ' PB'])

function after(steps: readonly Step[], suffix: string): readonly Step[] {
  return steps.map((step) => ({ ...step, suffix: `${step.suffix}${suffix}` }))
}

function times(steps: readonly Step[], factor: number): readonly Step[] {
  return steps.map((step) => ({ ...step, from: step.from * factor, by: step.by * factor }))
}

const scales: Record<string, readonly Step[]> = {
  s: seconds,
  ms: times(seconds, 1e3),
  µs: times(seconds, 1e6),
  ns: times(seconds, 1e9),
  short,
  sishort: short,
  bytes: iecBytes,
  decbytes: siBytes,
  binBps: after(iecBytes, '/s'),
  Bps: after(siBytes, '/s'),
  reqps: after(short, ' req/s'),
  cps: after(short, '/s'),
  ops: after(short, ' ops/s'),
  rps: after(short, ' rd/s'),
  wps: after(short, ' wr/s'),
  cpm: after(short, '/min'),
}

/**
 * A value with its unit.
 * @param decimals as many as give three significant digits when omitted
 */
export function formatValue(value: number | null | undefined, unit = 'none', decimals?: number): string {
  if (value === null || value === undefined) return '–'
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '−∞'
  const steps = scales[unit]
  if (steps) return scaledText(value, steps, decimals)
  switch (unit) {
    case 'none':
    case '':
      return number(value, decimals)
    case 'percent':
      return `${number(value, decimals)}%`
    case 'percentunit':
      return `${number(value * 100, decimals)}%`
    case 'currencyUSD':
      return value < 0 ? `−$${scaledText(-value, short, decimals)}` : `$${scaledText(value, short, decimals)}`
    case 'dateTimeAsIso':
    case 'dateTimeAsLocal':
      return momentText(value)
    case 'bool':
      return value === 0 ? 'False' : 'True'
    case 'bool_on_off':
      return value === 0 ? 'Off' : 'On'
    default:
      return `${number(value, decimals)} ${unit.replace(/^(?:suffix|si|prefix):/, '')}`
  }
}

/** @param ms since the epoch; local time, without the day when it is today */
export function momentText(ms: number, now = new Date()): string {
  const date = new Date(ms)
  const pad = (part: number): string => String(part).padStart(2, '0')
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
  if (date.toDateString() === now.toDateString()) return time
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${time}`
}

function scaledText(value: number, steps: readonly Step[], decimals: number | undefined): string {
  const size = Math.abs(value)
  // Zero has no magnitude: it is written in the unit's own step.
  const own = steps.find((step) => step.by === 1) ?? steps.at(-1)
  const step = size === 0 ? own : (steps.find(({ from }) => rounded(size / from) >= 1) ?? steps.at(-1))
  if (!step) return number(value, decimals)
  return `${number(value / step.by, decimals)}${step.suffix}`
}

/** So that 999.99 ms is 1 s, not 1000 ms. */
function rounded(ratio: number): number {
  return Number(ratio.toPrecision(3))
}

function number(value: number, decimals: number | undefined): string {
  if (decimals !== undefined) return minus(value.toFixed(decimals))
  if (value === 0) return '0'
  const magnitude = Math.floor(Math.log10(Math.abs(value)))
  if (magnitude < -6) return minus(value.toExponential(1))
  const places = Math.max(0, 2 - magnitude)
  const text = value.toFixed(places)
  return minus(text.includes('.') ? text.replace(/\.?0+$/, '') : text)
}

function minus(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text
}
