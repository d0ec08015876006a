// Which faults the gate holds to their contract today: a third of those that one region shows, another one each day, every layer in it. Pure.
import type { Fault } from '../../faults/fault.ts'

/** Days until every fault has had its turn. */
export const DAYS = 3

/**
 * Every third fault of each layer, in the catalogue's order; where a layer's first one stands moves on by one each day. Layers begin
 * where the one before has ended, so that the thirds are of one size.
 * @param day a number that grows by one each day, see ../day.ts
 */
export function thirdOf(faults: readonly Fault[], day: number): Fault[] {
  return byLayer(faults).filter((_fault, index) => index % DAYS === day % DAYS)
}

/** Those that a cluster of one region shows. */
export function shownBySmall(faults: readonly Fault[]): Fault[] {
  return faults.filter(({ example }) => example.small !== null)
}

function byLayer(faults: readonly Fault[]): Fault[] {
  const layers = [...new Set(faults.map(({ layer }) => layer))]
  return layers.flatMap((layer) => faults.filter((fault) => fault.layer === layer))
}
