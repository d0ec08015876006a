// label_replace and label_join: they change the labels of series and never look at samples.

import { expandTemplate } from '../functions/label-template.ts'
import { type Labels, labelValue, withLabel } from '../labels.ts'
import type { Call, Expr } from '../language/ast.ts'
import { unwrapParens } from '../language/walk.ts'
import { compileRe2 } from '../matcher.ts'
import { QueryError } from '../query-error.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'
import { mergeSameLabels, type StepVector } from './vector.ts'

export async function evaluateLabelReplace(evaluation: Evaluation, call: Call, grid: StepGrid): Promise<StepVector> {
  const [vectorArg, ...texts] = call.args as [Expr, ...Expr[]]
  const [target = '', template = '', source = '', expression = ''] = texts.map(textOf)
  const regex = compile(expression)
  requireLabelName(target, 'destination', call.name)
  const groupNames = new Set(Object.keys(regex.namedGroups()))
  return relabel(evaluation, vectorArg, grid, (labels) => {
    const match = regex.matcher(labelValue(labels, source))
    return match.matches() ? withLabel(labels, target, expandTemplate(template, match, groupNames)) : labels
  })
}

export async function evaluateLabelJoin(evaluation: Evaluation, call: Call, grid: StepGrid): Promise<StepVector> {
  const [vectorArg, ...texts] = call.args as [Expr, ...Expr[]]
  const [target = '', separator = '', ...sources] = texts.map(textOf)
  for (const source of sources) requireLabelName(source, 'source', call.name)
  requireLabelName(target, 'destination', call.name)
  return relabel(evaluation, vectorArg, grid, (labels) =>
    withLabel(labels, target, sources.map((source) => labelValue(labels, source)).join(separator)),
  )
}

async function relabel(evaluation: Evaluation, arg: Expr, grid: StepGrid, change: (labels: Labels) => Labels) {
  const vector = await evaluation.vector(arg, grid)
  const changed = []
  for (const series of vector) {
    if (evaluation.budget.due()) await evaluation.budget.pause()
    changed.push({ ...series, labels: change(series.labels) })
  }
  return mergeSameLabels(changed)
}

function compile(expression: string) {
  try {
    return compileRe2(expression)
  } catch (cause) {
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${expression}`, { cause })
  }
}

function requireLabelName(name: string, role: string, functionName: string): void {
  // Since version 3 any text that is not empty is a label's name.
  if (name === '') throw new QueryError('execution', `invalid ${role} label name in ${functionName}(): ${name}`)
}

function textOf(arg: Expr): string {
  const literal = unwrapParens(arg)
  if (literal.kind !== 'string') throw new Error('expected a string literal')
  return literal.value
}
