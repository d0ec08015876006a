// The traces that are asked about, as the address has them: `failing`, `slowest`, or a box drawn on the scatter. Pure.
import type { Trace } from '../traces/trace-model.ts'

export type Selection = { kind: 'failing' } | { kind: 'slowest' } | Box

/** Traces that began and that took from one to the other; the limits are within. */
export type Box = { kind: 'box'; startMs: number; endMs: number; minMicros: number; maxMicros: number }

/** The slowest tenth. */
const SLOWEST_SHARE = 0.1

/** Undefined for what is no selection. */
export function readSelection(text: string | null): Selection | undefined {
  if (text === 'failing' || text === 'slowest') return { kind: text }
  const numbers = (text ?? '').split(',').map(Number)
  const [startMs, endMs, minMicros, maxMicros] = numbers
  if (text === null || numbers.length !== 4 || !numbers.every(Number.isFinite)) return undefined
  if (startMs === undefined || endMs === undefined || minMicros === undefined || maxMicros === undefined)
    return undefined
  return { kind: 'box', startMs, endMs, minMicros, maxMicros }
}

export function writeSelection(selection: Selection): string {
  if (selection.kind !== 'box') return selection.kind
  const { startMs, endMs, minMicros, maxMicros } = selection
  // Rounded outwards: what lies on an edge stays within.
  return [Math.floor(startMs), Math.ceil(endMs), Math.floor(minMicros), Math.ceil(maxMicros)].join(',')
}

export function selectionLabel({ kind }: Selection): string {
  if (kind === 'failing') return 'failing traces'
  return kind === 'slowest' ? 'the slowest tenth' : 'the traces in the box'
}

/** The selected traces and the rest. */
export function divide(traces: readonly Trace[], selection: Selection): { selected: Trace[]; others: Trace[] } {
  const isSelected = selector(traces, selection)
  return {
    selected: traces.filter((trace) => isSelected(trace)),
    others: traces.filter((trace) => !isSelected(trace)),
  }
}

function selector(traces: readonly Trace[], selection: Selection): (trace: Trace) => boolean {
  if (selection.kind === 'failing') return ({ errors }) => errors > 0
  if (selection.kind === 'slowest') {
    const durations = traces.map(({ durationMicros }) => durationMicros).sort((one, other) => other - one)
    const limit = durations[Math.max(0, Math.ceil(durations.length * SLOWEST_SHARE) - 1)] ?? 0
    return ({ durationMicros }) => durationMicros >= limit
  }
  const { startMs, endMs, minMicros, maxMicros } = selection
  return (trace) => {
    const ms = trace.startMicros / 1000
    return ms >= startMs && ms <= endMs && trace.durationMicros >= minMicros && trace.durationMicros <= maxMicros
  }
}
