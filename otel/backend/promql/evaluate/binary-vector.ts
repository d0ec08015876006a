// Arithmetic and comparisons between two vectors: one to one, or many to one with group_left and group_right.

import { dropLabels, keepLabels, type Labels, labelValue, withLabel } from '../labels.ts'
import type { Binary } from '../language/ast.ts'
import { QueryError } from '../query-error.ts'
import { ARITHMETIC, COMPARISONS, isArithmetic, isComparisonOperator } from './binary-operators.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'
import { type MatchGroup, matchGroups, printLabels, unionOfPresence } from './matching.ts'
import { newSeries, type StepSeries, type StepVector, sameLabelsError, withoutMetadata } from './vector.ts'

export async function vectorWithVector(evaluation: Evaluation, node: Binary, grid: StepGrid): Promise<StepVector> {
  const { budget } = evaluation
  const left = await evaluation.vector(node.left, grid)
  const right = await evaluation.vector(node.right, grid)
  // A step at which either side is empty has no result, and no error either.
  const bothSides = unionOfPresence(left, grid.count)
  const rightSide = unionOfPresence(right, grid.count)
  for (let i = 0; i < grid.count; i++) if (rightSide[i] === 0) bothSides[i] = 0
  const results = new Map<string, StepSeries>()
  const resultLabels = createResultLabels(node)
  for (const group of matchGroups(left, right, node.matching).values()) {
    if (budget.due()) await budget.pause()
    const swap = node.matching.group === 'right'
    const many = swap ? group.right : group.left
    const one = swap ? group.left : group.right
    if (one.length > 1) refuseDuplicates(one, group, bothSides, swap ? 'left' : 'right')
    if (!node.matching.group && many.length > 1) refuseMany(many, unionOfPresence(one, grid.count))
    const claims = many.length > 1 && node.matching.group ? new Map<string, Uint8Array>() : undefined
    for (const manySeries of many) {
      for (const oneSeries of one) {
        const labels = resultLabels(manySeries.labels, oneSeries.labels)
        let result = results.get(labels.key)
        if (!result) {
          budget.hold(grid.count)
          result = newSeries(labels, grid)
          results.set(labels.key, result)
        }
        if (claims) claim(claims, labels, manySeries, oneSeries, grid)
        combine(node, swap ? oneSeries : manySeries, swap ? manySeries : oneSeries, result)
      }
    }
  }
  return [...results.values()]
}

/** The "one" side must have at most one sample of a match group at any step. */
function refuseDuplicates(one: StepSeries[], { signature }: MatchGroup, bothSides: Uint8Array, side: string): void {
  const owner = new Int32Array(bothSides.length).fill(-1)
  one.forEach(({ labels, present }, index) => {
    for (let i = 0; i < present.length; i++) {
      if (present[i] === 0 || bothSides[i] === 0) continue
      const other = one[owner[i] as number]
      if (other) {
        const pair = `[${printLabels(labels)}, ${printLabels(other.labels)}]`
        throw new QueryError(
          'execution',
          `found duplicate series for the match group ${printLabels(signature)} on the ${side} hand-side of the operation: ` +
            `${pair};many-to-many matching not allowed: matching labels must be unique on one side`,
        )
      }
      owner[i] = index
    }
  })
}

/** Without group_left or group_right, the left side too must be unique where it finds a match. */
function refuseMany(many: StepSeries[], onePresent: Uint8Array): void {
  const taken = new Uint8Array(onePresent.length)
  for (const { present } of many) {
    for (let i = 0; i < present.length; i++) {
      if (present[i] === 0 || onePresent[i] === 0) continue
      if (taken[i] === 1) {
        const hint = 'many-to-one matching must be explicit (group_left/group_right)'
        throw new QueryError('execution', `multiple matches for labels: ${hint}`)
      }
      taken[i] = 1
    }
  }
}

/** Within a match group, the labels of the result must be unique even where a comparison drops the sample. */
function claim(claims: Map<string, Uint8Array>, labels: Labels, a: StepSeries, b: StepSeries, grid: StepGrid): void {
  let taken = claims.get(labels.key)
  if (!taken) {
    taken = new Uint8Array(grid.count)
    claims.set(labels.key, taken)
  }
  for (let i = 0; i < grid.count; i++) {
    if (a.present[i] === 0 || b.present[i] === 0) continue
    if (taken[i] === 1) {
      throw new QueryError('execution', 'multiple matches for labels: grouping labels must ensure unique matches')
    }
    taken[i] = 1
  }
}

function combine({ operator, returnBool }: Binary, left: StepSeries, right: StepSeries, out: StepSeries): void {
  const apply = isArithmetic(operator) ? ARITHMETIC[operator] : undefined
  const holds = isComparisonOperator(operator) ? COMPARISONS[operator] : undefined
  for (let i = 0; i < out.present.length; i++) {
    if (left.present[i] === 0 || right.present[i] === 0) continue
    const a = left.values[i] as number
    const b = right.values[i] as number
    const kept = holds ? holds(a, b) : true
    if (!kept && !returnBool) continue
    if (out.present[i] === 1) throw sameLabelsError()
    out.present[i] = 1
    out.values[i] = apply ? apply(a, b) : returnBool ? Number(kept) : a
  }
}

/** Labels of a result: the "many" side's, reduced to the matching ones when one to one, with included ones of the "one" side. */
function createResultLabels({ operator, returnBool, matching }: Binary): (many: Labels, one: Labels) => Labels {
  const { on, labels, group, include } = matching
  const names: ReadonlySet<string> = new Set(labels)
  const dropsName = isArithmetic(operator) || returnBool
  return (many, one) => {
    let result = dropsName ? withoutMetadata(many) : many
    if (!group) result = on ? keepLabels(result, names) : dropLabels(result, names)
    for (const name of include) result = withLabel(result, name, labelValue(one, name))
    return result
  }
}
