// The time that views look at, as it stands in the address: `from` and `to` relative (`now-15m`) or in ms since the epoch. Pure.

/** As written in the address. */
export type TimeRange = { from: string; to: string }

export const defaultRange: TimeRange = { from: 'now-15m', to: 'now' }

export const quickRanges = [
  { label: 'Last minute', from: 'now-1m' },
  { label: 'Last 5 minutes', from: 'now-5m' },
  { label: 'Last 15 minutes', from: 'now-15m' },
  { label: 'Last 30 minutes', from: 'now-30m' },
  { label: 'Last hour', from: 'now-1h' },
  { label: 'Last 3 hours', from: 'now-3h' },
  { label: 'Last 12 hours', from: 'now-12h' },
  { label: 'Last day', from: 'now-24h' },
] as const

export const refreshIntervals = [
  { label: 'off', ms: 0 },
  { label: '2 s', ms: 2_000 },
  { label: '5 s', ms: 5_000 },
  { label: '10 s', ms: 10_000 },
  { label: '30 s', ms: 30_000 },
  { label: '1 min', ms: 60_000 },
] as const

const unitsMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** ms since the epoch of `now`, `now-90s` or `1700000000000`; undefined for anything else. */
export function parseInstant(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs
  const [, amount, unit = ''] = /^now-(\d{1,6})([smhd])$/.exec(text) ?? []
  if (amount !== undefined) return nowMs - Number(amount) * (unitsMs[unit] ?? 0)
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** The range of an address; the default for what is missing, makes no sense or ends before it starts. */
export function readRange(params: URLSearchParams, fallback: TimeRange = defaultRange): TimeRange {
  const range = { from: params.get('from') ?? fallback.from, to: params.get('to') ?? fallback.to }
  const start = parseInstant(range.from, 0)
  const end = parseInstant(range.to, 0)
  return start === undefined || end === undefined || (isAbsolute(range) && start >= end) ? fallback : range
}

export function isAbsolute({ from, to }: TimeRange): boolean {
  return !from.startsWith('now') && !to.startsWith('now')
}

/** Start and end in ms since the epoch. A range that makes no sense is the default one. */
export function resolveRange(range: TimeRange, nowMs: number): { startMs: number; endMs: number } {
  const startMs = parseInstant(range.from, nowMs)
  const endMs = parseInstant(range.to, nowMs)
  if (startMs === undefined || endMs === undefined || startMs >= endMs) return resolveRange(defaultRange, nowMs)
  return { startMs, endMs }
}

/** What the picker shows: a quick range's name, or both ends. */
export function rangeLabel(range: TimeRange, format: (ms: number) => string): string {
  const quick = range.to === 'now' ? quickRanges.find(({ from }) => from === range.from) : undefined
  if (quick) return quick.label
  const end = (text: string) => (text.startsWith('now') ? text : format(Number(text)))
  return `${end(range.from)} to ${end(range.to)}`
}

/** One end as it is typed: relative as it stands, absolute as local time, `2026-11-23 14:03:07`. */
export function endText(end: string): string {
  if (end.startsWith('now')) return end
  const date = new Date(Number(end))
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const ms = date.getMilliseconds()
  const fraction = ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${fraction}`
}

/**
 * One typed end as it stands in the address: `now`, `now-15m`, ms since the epoch, or local time with its day (`2026-11-23 14:03`) or of
 * today (`14:03:07`). Undefined for what is no time, such as the 30th of February.
 */
export function readEnd(typed: string, nowMs: number): string | undefined {
  const text = typed.trim()
  if (parseInstant(text, nowMs) !== undefined) return text
  const parts = /^(?:(\d{4})-(\d\d?)-(\d\d?)(?:[T ]+|$))?(?:(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?$/.exec(text)
  if (!parts || text === '') return undefined
  const today = new Date(nowMs)
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0'] = parts
  const wanted = [
    year === undefined ? today.getFullYear() : Number(year),
    month === undefined ? today.getMonth() : Number(month) - 1,
    day === undefined ? today.getDate() : Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0')),
  ] as const
  const date = new Date(...wanted)
  // Dates carry over what is too much of a part; whoever typed it meant something else.
  const isSame = date.getMonth() === wanted[1] && date.getDate() === wanted[2] && date.getHours() === wanted[3]
  return isSame && wanted[4] < 60 && wanted[5] < 60 ? String(date.getTime()) : undefined
}

export type TypedRange = { kind: 'range'; range: TimeRange } | { kind: 'wrong'; from?: string; to?: string }

const EXPECTED = 'a time such as 14:05, 2026-11-23 14:05:30, now or now-15m'

/** What the fields say as a range of the address, or what is wrong with which of them. */
export function readTypedRange(typed: TimeRange, nowMs: number): TypedRange {
  const from = readEnd(typed.from, nowMs)
  const to = readEnd(typed.to, nowMs)
  if (from === undefined || to === undefined)
    return {
      kind: 'wrong',
      ...(from === undefined ? { from: EXPECTED } : {}),
      ...(to === undefined ? { to: EXPECTED } : {}),
    }
  const isInOrder = (parseInstant(from, nowMs) ?? 0) < (parseInstant(to, nowMs) ?? 0)
  return isInOrder ? { kind: 'range', range: { from, to } } : { kind: 'wrong', to: 'a time after the one in “From”' }
}

/** ms of the address's `refresh`; undefined when it is not one of those on offer. */
export function readRefresh(params: URLSearchParams): number | undefined {
  const text = params.get('refresh')
  const ms = Number(text)
  return text !== null && refreshIntervals.some((each) => each.ms === ms) ? ms : undefined
}
