// How long to wait before a process that died is started again.

const FIRST_MS = 100
const MAX_MS = 5_000
/** A process that lived so long has forgotten its past. */
const STEADY_MS = 10_000

export type Deaths = { consecutive: number }

export const noDeaths: Deaths = { consecutive: 0 }

/** @param livedMs how long the process that just died had lived */
export function afterDeath(deaths: Deaths, livedMs: number): { deaths: Deaths; waitMs: number } {
  const consecutive = livedMs >= STEADY_MS ? 1 : deaths.consecutive + 1
  return { deaths: { consecutive }, waitMs: Math.min(MAX_MS, FIRST_MS * 2 ** (consecutive - 1)) }
}
