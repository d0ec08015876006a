// and, or, unless: which samples stay, decided by the presence of a match on the other side at the same step.

import type { Binary } from '../language/ast.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'
import { matchGroups, unionOfPresence } from './matching.ts'
import { mergeSameLabels, type StepSeries, type StepVector } from './vector.ts'

export async function setOperation(evaluation: Evaluation, node: Binary, grid: StepGrid): Promise<StepVector> {
  const { operator, matching } = node
  const left = await evaluation.vector(node.left, grid)
  const right = await evaluation.vector(node.right, grid)
  const result: StepSeries[] = operator === 'or' ? [...left] : []
  for (const group of matchGroups(left, right, matching).values()) {
    if (evaluation.budget.due()) await evaluation.budget.pause()
    if (operator === 'or') {
      const hidden = unionOfPresence(group.left, grid.count)
      result.push(...group.right.map((series) => keepWhere(series, hidden, 0)))
    } else {
      const shown = unionOfPresence(group.right, grid.count)
      result.push(...group.left.map((series) => keepWhere(series, shown, operator === 'and' ? 1 : 0)))
    }
  }
  return mergeSameLabels(result)
}

function keepWhere(series: StepSeries, mask: Uint8Array, wanted: 0 | 1): StepSeries {
  for (let i = 0; i < mask.length; i++) if (mask[i] !== wanted) series.present[i] = 0
  return series
}
