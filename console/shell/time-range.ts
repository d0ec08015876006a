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

/** ms of the address's `refresh`; undefined when it is not one of those on offer. */
export function readRefresh(params: URLSearchParams): number | undefined {
  const text = params.get('refresh')
  const ms = Number(text)
  return text !== null && refreshIntervals.some((each) => each.ms === ms) ? ms : undefined
}
