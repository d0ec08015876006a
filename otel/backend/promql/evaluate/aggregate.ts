// Aggregations that need no more than a few numbers per group: sum, avg, min, max, count, group, stddev, stdvar.
// Series are added as they come; none is kept. The others are in rank.ts.

import { ACCUMULATORS, type Accumulator, type AccumulatorName } from '../functions/accumulators.ts'
import { dropLabels, EMPTY_LABELS, keepLabels, type Labels, METRIC_NAME } from '../labels.ts'
import type { Aggregate } from '../language/ast.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'
import { streamVector } from './stream.ts'
import type { StepVector } from './vector.ts'

/** The labels of the group that a series belongs to. */
export function createGrouping({ grouping, without }: Pick<Aggregate, 'grouping' | 'without'>) {
  const names: ReadonlySet<string> = new Set(without ? [...grouping, METRIC_NAME] : grouping)
  if (without) return (labels: Labels) => dropLabels(labels, names)
  return names.size === 0 ? () => EMPTY_LABELS : (labels: Labels) => keepLabels(labels, names)
}

export function isAccumulating(node: Aggregate): node is Aggregate & { operator: AccumulatorName } {
  return Object.hasOwn(ACCUMULATORS, node.operator)
}

export async function accumulate(
  evaluation: Evaluation,
  node: Aggregate & { operator: AccumulatorName },
  grid: StepGrid,
): Promise<StepVector> {
  const groupOf = createGrouping(node)
  const create = ACCUMULATORS[node.operator]
  const groups = new Map<string, { labels: Labels; accumulator: Accumulator }>()
  await streamVector(evaluation, node.expr, grid, (series) => {
    const labels = groupOf(series.labels)
    let group = groups.get(labels.key)
    if (!group) {
      evaluation.budget.hold(grid.count)
      group = { labels, accumulator: create(grid.count) }
      groups.set(labels.key, group)
    }
    group.accumulator.add(series)
    return false
  })
  return [...groups.values()].map(({ labels, accumulator }) => ({ labels, ...accumulator.finish() }))
}
