// How long light (and routers) take from one region to another, one way, as the callers of the kit apply it at the socket.
import type { Region } from '../../services/kit/control/document.ts'

type RegionPair = readonly [Region, Region, delayMs: number]

const pairs: readonly RegionPair[] = [
  ['na', 'eu', 45],
  ['na', 'asia', 75],
  ['eu', 'asia', 100],
]

/** One-way delays in ms, both directions of each pair: `delays.na.eu === 45`. */
export function regionDelays(): Record<string, Record<string, number>> {
  const delays: Record<string, Record<string, number>> = {}
  for (const [from, to, delayMs] of pairs) {
    delays[from] = { ...delays[from], [to]: delayMs }
    delays[to] = { ...delays[to], [from]: delayMs }
  }
  return delays
}
