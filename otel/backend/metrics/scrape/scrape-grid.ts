// When a target is scraped, and the time that its samples get. Pure.

/** Late by at most this share of the interval, a scrape keeps the time it was due at: regular times cost nothing to store. */
const TOLERANCE = 0.02

/** The first time after `nowMs` that is `offsetMs` past a multiple of the interval. */
export function nextOnGrid(nowMs: number, intervalMs: number, offsetMs: number): number {
  return (Math.floor((nowMs - offsetMs) / intervalMs) + 1) * intervalMs + offsetMs
}

export function alignedTime(startMs: number, dueMs: number, intervalMs: number): number {
  return Math.abs(startMs - dueMs) <= intervalMs * TOLERANCE ? dueMs : Math.round(startMs)
}

/** A place within the interval, by the target's key, so that targets are not scraped all at once. */
export function offsetOf(key: string, intervalMs: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % Math.max(1, Math.floor(intervalMs))
}
