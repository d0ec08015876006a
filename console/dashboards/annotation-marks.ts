// Vertical lines of what happened, from the series of an annotation's query: one a moment, or one for as long as there are values.
import type { RangeMatrix } from '../prometheus/answers.ts'
import { namedColor } from './colors.ts'
import type { AnnotationJson } from './dashboard-json.ts'

export type Mark = {
  name: string
  color: string
  title: string
  text: string
  tags: readonly string[]
  startMs: number
  /** Equal to the start for a moment. */
  endMs: number
}

const MAX_MARKS = 200

/** @param stepMs of the query: values further apart are two occurrences */
export function marksOf(annotation: AnnotationJson, matrix: RangeMatrix, stepMs: number): Mark[] {
  const marks = new Map<string, Mark>()
  for (const { labels, points } of matrix) {
    const fill = (format: string | undefined): string =>
      (format ?? '').replace(/\{\{\s*([^}]+?)\s*\}\}/g, (_match, label: string) => labels[label] ?? '').trim()
    const base = {
      name: annotation.name,
      color: namedColor(annotation.iconColor ?? 'blue'),
      title: fill(annotation.titleFormat) || annotation.name,
      text: fill(annotation.textFormat),
      tags: (annotation.tagKeys ?? '').split(',').flatMap((key) => labels[key.trim()] ?? []),
    }
    for (const { startMs, endMs } of annotation.useValueForTime ? moments(points) : spells(points, stepMs)) {
      marks.set(`${base.title} ${startMs}`, { ...base, startMs, endMs })
    }
  }
  return [...marks.values()].sort((a, b) => a.startMs - b.startMs).slice(-MAX_MARKS)
}

type Points = readonly (readonly [number, number])[]
type Spell = { startMs: number; endMs: number }

/** The values are the moments, in milliseconds: the same one stands in many points. */
function moments(points: Points): Spell[] {
  return [...new Set(points.map(([, value]) => Math.round(value)))]
    .filter((value) => value > 0)
    .map((value) => ({ startMs: value, endMs: value }))
}

function spells(points: Points, stepMs: number): Spell[] {
  const found: Spell[] = []
  for (const [timeMs, value] of points) {
    if (!(value > 0)) continue
    const last = found.at(-1)
    if (last && timeMs - last.endMs <= stepMs * 1.5) last.endMs = timeMs
    else found.push({ startMs: timeMs, endMs: timeMs })
  }
  return found
}
