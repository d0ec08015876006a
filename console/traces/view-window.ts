// The part of a trace's time that the waterfall shows, as fractions of the whole. Pure.

export type ViewWindow = { start: number; end: number }

export const wholeWindow: ViewWindow = { start: 0, end: 1 }

/** No closer than this: a µs of a ten-second trace. */
const MIN_WIDTH = 1e-7

/** A thousandth of the closest window: zooming by small steps gets on. */
const DECIMALS = 10

/** `0.25-0.5`, as it stands in an address; the whole for what is no window. */
export function readWindow(text: string): ViewWindow {
  const [, from, to] = /^([\d.]+)-([\d.]+)$/.exec(text) ?? []
  const [start, end] = [Number(from), Number(to)]
  // What is no number is not as wide as that.
  return end <= 1 && end - start >= MIN_WIDTH / 2 ? { start, end } : wholeWindow
}

/** Empty for the whole. */
export function writeWindow({ start, end }: ViewWindow): string {
  if (end - start >= 1) return ''
  // By their own decimals, as 1e-7 has a dash of its own.
  return [start, end].map((share) => share.toFixed(DECIMALS).replace(/\.?0+$/, '')).join('-')
}

/** @param factor below 1 closer, above 1 wider; `at` stays where it is */
export function zoom({ start, end }: ViewWindow, factor: number, at: number = (start + end) / 2): ViewWindow {
  const width = Math.min(1, Math.max(MIN_WIDTH, (end - start) * factor))
  const share = end > start ? (at - start) / (end - start) : 0.5
  return clamp(at - width * share, width)
}

/** @param share of its own width, to the right when positive */
export function pan({ start, end }: ViewWindow, share: number): ViewWindow {
  return clamp(start + (end - start) * share, end - start)
}

/** A window between two points in any order. */
export function between(one: number, other: number): ViewWindow {
  const start = Math.min(one, other)
  return clamp(start, Math.max(MIN_WIDTH, Math.max(one, other) - start))
}

function clamp(start: number, width: number): ViewWindow {
  const from = Math.min(1 - width, Math.max(0, start))
  return { start: from, end: from + width }
}

/** About `count` round positions, in µs from the start of a trace that takes `durationMicros`. */
export function ticks({ start, end }: ViewWindow, durationMicros: number, count: number): number[] {
  const from = start * durationMicros
  const to = end * durationMicros
  const rough = (to - from) / Math.max(1, count)
  if (!(rough > 0)) return []
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? power * 10
  const found: number[] = []
  for (let tick = Math.ceil(from / step) * step; tick <= to && found.length < 50; tick += step) found.push(tick)
  return found
}
