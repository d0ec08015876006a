// Customers who buy more: what a soak is about are orders, and the shop's usual visitors mostly look. Pure.
import type { Journeys } from '../../services/load/journeys.ts'

const THINK_MS: [number, number] = [100, 900]

/**
 * The same visits, with other weights and less thinking.
 * @param keenness how much likelier a visit with a checkout is than usual, beside one without
 */
export function buyers(journeys: Journeys, keenness = 12): Journeys {
  return {
    ...journeys,
    thinkMs: THINK_MS,
    journeys: journeys.journeys.map(({ thinkMs: _, steps, weight, ...journey }) => ({
      ...journey,
      weight: steps.some((step) => step.do === 'checkout') ? weight * keenness : weight,
      steps: steps.map(({ thinkMs: _thinkMs, ...step }) => step),
    })),
  }
}
