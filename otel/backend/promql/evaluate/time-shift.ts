// Where a selector or subquery really looks when the expression is evaluated at some time: `@` first, then `offset`.

import type { TimeShift } from '../language/ast.ts'
import type { Evaluation } from './context.ts'
import type { StepGrid } from './grid.ts'

/** The grid of the times looked at. With `@` every step looks at the same time: the step is 0. */
export function shiftedGrid({ at, offsetMs }: TimeShift, grid: StepGrid, evaluation: Evaluation): StepGrid {
  if (at === undefined) return { ...grid, startMs: grid.startMs - offsetMs }
  const { queryStartMs, queryEndMs } = evaluation
  const atMs = at === 'start' ? queryStartMs : at === 'end' ? queryEndMs : at
  return { startMs: atMs - offsetMs, stepMs: 0, count: grid.count }
}
