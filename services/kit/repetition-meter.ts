// Counts what was asked for again after it had been done: recognised, or done once more.
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'

/**
 * @param operation low-cardinality name, for instance `charge`
 * @returns to be called for each repetition, with whether it took effect
 */
export function createRepetitionMeter(metrics: Metrics, operation: string): (tookEffect: boolean) => void {
  if (metrics === noMetrics) return () => {}
  const repetitions = metrics.counter({
    name: 'shop_repetitions_total',
    help: 'What was asked for again after it had been done',
    labels: ['operation', 'outcome'],
  })
  for (const outcome of ['recognised', 'done_again']) repetitions.add({ operation, outcome }, 0)
  return (tookEffect) => repetitions.add({ operation, outcome: tookEffect ? 'done_again' : 'recognised' })
}
