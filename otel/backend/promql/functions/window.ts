// What a range function sees: the samples of one series within one window. Nothing is allocated per window.

export interface Window {
  readonly timestampsMs: Float64Array
  readonly values: Float64Array
  /** The window's samples are those with `from <= index < to`. */
  from: number
  to: number
  /** The window is `(endMs - rangeMs, endMs]`. */
  endMs: number
  readonly rangeMs: number
  /** The time of the step, which differs from `endMs` under `offset` and `@`. */
  evaluationMs: number
  /** `marks[i]`: how often the function's `mark` held between neighbours up to index i. Empty without `mark`. */
  marks: Int32Array
}

export interface WindowFunction {
  /** Windows with fewer samples give nothing. */
  readonly minSamples: 1 | 2
  /** The result still is the metric, as `last_over_time` of it is. */
  readonly keepsName?: boolean
  /** An event between two neighbouring samples that is counted once a series instead of in every window. */
  readonly mark?: (previous: number, value: number) => boolean
  /** `param` is the scalar argument, if the function has one. */
  apply(window: Window, param: number): number
}

/** How often the event of `mark` happened strictly within the window. */
export function marksWithin({ marks, from, to }: Window): number {
  return (marks[to - 1] as number) - (marks[from] as number)
}
