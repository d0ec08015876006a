// What a link looks like: colour by the share of errors, width by latency. The legend of the map is made of the same limits.
import type { Measured } from './measured.ts'

export type Tone = 'idle' | 'ok' | 'warn' | 'error'

export const WARN_SHARE = 0.01
export const ERROR_SHARE = 0.05

export function toneOf({ rate, errorShare }: Pick<Measured, 'rate' | 'errorShare'>): Tone {
  if (rate <= 0) return 'idle'
  if (errorShare >= ERROR_SHARE) return 'error'
  return errorShare >= WARN_SHARE ? 'warn' : 'ok'
}

/** In units of the map: 1.25 up to 5 ms, then one more for every factor of about three, up to 7. */
export function widthOf({ p95S }: Pick<Measured, 'p95S'>): number {
  if (p95S === undefined || p95S <= 0.005) return 1.25
  return Math.min(7, 1.25 + Math.log10(p95S / 0.005) * 2)
}
