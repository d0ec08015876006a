// Where a trace lies on the scatter: time to the right, duration upwards on a logarithmic scale. Pure.
import type { Trace } from './trace-model.ts'

export type Frame = { left: number; top: number; width: number; height: number }
export type ScatterScale = {
  x(ms: number): number
  y(micros: number): number
  ms(x: number): number
  micros(y: number): number
  /** Durations to draw lines at. */
  durationTicks: number[]
  /** Times to draw lines at. */
  timeTicks: number[]
}

/** A margin on all sides keeps points off the frame. */
export function scatterScale(traces: readonly Trace[], { left, top, width, height }: Frame): ScatterScale {
  const starts = traces.map(({ startMicros }) => startMicros / 1000)
  const durations = traces.map(({ durationMicros }) => Math.max(1, durationMicros))
  const firstMs = Math.min(...starts)
  const lastMs = Math.max(...starts)
  const slackMs = Math.max(500, (lastMs - firstMs) * 0.02)
  const fromMs = firstMs - slackMs
  const spanMs = lastMs - firstMs + 2 * slackMs
  const low = Math.log10(Math.min(...durations)) - 0.1
  const high = Math.max(Math.log10(Math.max(...durations)) + 0.1, low + 0.5)
  return {
    x: (ms) => left + ((ms - fromMs) / spanMs) * width,
    y: (micros) => top + height - ((Math.log10(Math.max(1, micros)) - low) / (high - low)) * height,
    ms: (x) => fromMs + ((x - left) / width) * spanMs,
    micros: (y) => 10 ** (low + ((top + height - y) / height) * (high - low)),
    durationTicks: decades(low, high),
    timeTicks: [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => fromMs + share * spanMs),
  }
}

function decades(low: number, high: number): number[] {
  const steps = high - low > 2.5 ? [1] : high - low > 1.2 ? [1, 3] : [1, 2, 5]
  const found: number[] = []
  for (let power = Math.floor(low); power <= high; power++) {
    for (const step of steps) {
      const value = step * 10 ** power
      if (Math.log10(value) >= low && Math.log10(value) <= high) found.push(value)
    }
  }
  return found
}

/** The nearest trace within `reach` pixels. */
export function nearest(
  traces: readonly Trace[],
  scale: ScatterScale,
  x: number,
  y: number,
  reach: number,
): Trace | undefined {
  let best: Trace | undefined
  let bestDistance = reach * reach
  for (const trace of traces) {
    const distance = (scale.x(trace.startMicros / 1000) - x) ** 2 + (scale.y(trace.durationMicros) - y) ** 2
    if (distance <= bestDistance) {
      best = trace
      bestDistance = distance
    }
  }
  return best
}
