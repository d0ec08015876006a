// Times as Go writes them in JSON.

const ZERO_TIME = '0001-01-01T00:00:00Z'

/** `2026-11-22T23:44:31.17Z`; 0 is the time that has not been. */
export function formatRfc3339(timeMs: number): string {
  if (timeMs === 0) return ZERO_TIME
  return new Date(timeMs).toISOString().replace(/\.?0*Z$/, 'Z')
}
