// A region of the scatter in numbers, as it is typed: what a drag over the traces is for whoever cannot point. Pure.
import { endText, parseInstant, readEnd } from '../shell/time-range.ts'
import type { Box } from '../why/selection.ts'
import type { Trace } from './trace-model.ts'
import { durationExample, readDuration, writeDuration } from './trace-search.ts'

/** Local times and Go durations; an empty one is no limit. */
export type TypedRegion = { after: string; before: string; least: string; most: string }

export type ReadRegion =
  | { kind: 'box'; box: Box }
  | { kind: 'wrong'; faults: Partial<Record<keyof TypedRegion, string>> }

/** The smallest region that has all of the traces, of which there is at least one. */
export function regionOf(traces: readonly Trace[]): Box {
  const starts = traces.map(({ startMicros }) => startMicros / 1000)
  const durations = traces.map(({ durationMicros }) => durationMicros)
  return {
    kind: 'box',
    startMs: Math.floor(Math.min(...starts)),
    endMs: Math.ceil(Math.max(...starts)),
    minMicros: Math.min(...durations),
    maxMicros: Math.max(...durations),
  }
}

export function regionText({ startMs, endMs, minMicros, maxMicros }: Box): TypedRegion {
  return {
    after: endText(String(startMs)),
    before: endText(String(endMs)),
    least: writeDuration(minMicros),
    most: writeDuration(maxMicros),
  }
}

/** What was typed as a region, or what is wrong with which part of it. @param whole stands in where nothing was typed */
export function readRegion(typed: TypedRegion, whole: Box, nowMs: number): ReadRegion {
  const startMs = readMs(typed.after, whole.startMs, nowMs)
  const endMs = readMs(typed.before, whole.endMs, nowMs)
  const minMicros = readMicros(typed.least, whole.minMicros)
  const maxMicros = readMicros(typed.most, whole.maxMicros)
  const time = 'a time such as 14:05:30, 2026-11-23 14:05 or now-15m'
  const faults = {
    ...(startMs === undefined ? { after: time } : {}),
    ...(endMs === undefined ? { before: time } : {}),
    ...(minMicros === undefined ? { least: durationExample } : {}),
    ...(maxMicros === undefined ? { most: durationExample } : {}),
  }
  if (startMs === undefined || endMs === undefined || minMicros === undefined || maxMicros === undefined)
    return { kind: 'wrong', faults }
  if (startMs > endMs) return { kind: 'wrong', faults: { before: 'a time after the first one' } }
  if (minMicros > maxMicros) return { kind: 'wrong', faults: { most: 'a time longer than the shortest one' } }
  return { kind: 'box', box: { kind: 'box', startMs, endMs, minMicros, maxMicros } }
}

function readMs(text: string, whole: number, nowMs: number): number | undefined {
  if (text.trim() === '') return whole
  const end = readEnd(text, nowMs)
  return end === undefined ? undefined : parseInstant(end, nowMs)
}

function readMicros(text: string, whole: number): number | undefined {
  return text.trim() === '' ? whole : readDuration(text.trim())
}
