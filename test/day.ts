// Which day it is for tests that play a part of a whole each day, so that the gate sees all of it in a few.
const DAY_MS = 86_400_000

type Environment = Record<string, string | undefined>

/** Days since the epoch: those of `FAULTLINE_SEED_DATE` (YYYY-MM-DD) where it is set, else today's. Throws for what is no date. */
export function dayNumber(environment: Environment, nowMs = Date.now()): number {
  const chosen = environment['FAULTLINE_SEED_DATE']
  const ms = chosen ? Date.parse(chosen) : nowMs
  if (Number.isNaN(ms)) throw new Error(`FAULTLINE_SEED_DATE must be a date such as 2026-11-23, not "${chosen}"`)
  return Math.floor(ms / DAY_MS)
}

/** Whether `FAULTLINE_ALL` asks for everything, whatever day it is. */
export function wantsAll(environment: Environment): boolean {
  return environment['FAULTLINE_ALL'] === '1'
}
