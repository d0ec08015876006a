// Customers who mostly buy: what a soak is about are orders, and the shop's usual visitors mostly look. Pure.
import type { Journeys } from '../../services/load/journeys.ts'

/** How much likelier a visit with a checkout is than usual, beside one without. */
const KEENNESS = 12
const THINK_MS: [number, number] = [100, 900]

/** The same visits, with other weights and less thinking. */
export function buyers(journeys: Journeys): Journeys {
  return {
    ...journeys,
    thinkMs: THINK_MS,
    journeys: journeys.journeys.map(({ thinkMs: _, steps, weight, ...journey }) => ({
      ...journey,
      weight: steps.some((step) => step.do === 'checkout') ? weight * KEENNESS : weight,
      steps: steps.map(({ thinkMs: _thinkMs, ...step }) => step),
    })),
  }
}
