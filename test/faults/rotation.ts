// Which faults the gate holds to their contract today: a third of those that one region shows, another one each day, every layer in it. Pure.
import type { Fault } from '../../faults/fault.ts'

/** Days until every fault has had its turn. */
export const DAYS = 3
const DAY_MS = 86_400_000

/**
 * Every third fault of each layer, in the catalogue's order; where a layer's first one stands moves on by one each day. Layers begin
 * where the one before has ended, so that the thirds are of one size.
 * @param date as `2026-11-24`; throws when it is none
 */
export function thirdOf(faults: readonly Fault[], date: string): Fault[] {
  const timeMs = Date.parse(`${date}T00:00:00Z`)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(timeMs))
    throw new Error(`${date} is no date such as 2026-11-24`)
  const day = (timeMs / DAY_MS) % DAYS
  return byLayer(faults).filter((_fault, index) => index % DAYS === day)
}

/** Those that a cluster of one region shows. */
export function shownBySmall(faults: readonly Fault[]): Fault[] {
  return faults.filter(({ example }) => example.small !== null)
}

function byLayer(faults: readonly Fault[]): Fault[] {
  const layers = [...new Set(faults.map(({ layer }) => layer))]
  return layers.flatMap((layer) => faults.filter((fault) => fault.layer === layer))
}
