// The times at which an expression is evaluated: all steps of a range query at once, or one step of an instant query.

export interface StepGrid {
  readonly startMs: number
  readonly stepMs: number
  /** Number of steps; none when a subquery's window holds no multiple of its step. */
  readonly count: number
}

export function timeAt(grid: StepGrid, step: number): number {
  return grid.startMs + step * grid.stepMs
}

export function lastTime(grid: StepGrid): number {
  return timeAt(grid, grid.count - 1)
}

/** A grid from start to end, both included when they fall on a step. */
export function gridBetween(startMs: number, endMs: number, stepMs: number): StepGrid {
  return { startMs, stepMs, count: endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1 }
}

export function instantGrid(timeMs: number): StepGrid {
  return { startMs: timeMs, stepMs: 1, count: 1 }
}
