// The marks of a dashboard: what its annotations' queries say happened.
import { useRef } from 'react'
import { queryRange } from '../prometheus/client.ts'
import { useLoad } from '../shell/use-load.ts'
import { type Mark, marksOf } from './annotation-marks.ts'
import type { AnnotationJson } from './dashboard-json.ts'
import { interpolateQuery, type Variables } from './interpolation.ts'
import { aligned, durationMs, stepMs } from './time-step.ts'

const POINTS = 400
const none: readonly Mark[] = []

export function useMarks(
  annotations: readonly AnnotationJson[],
  variables: Variables,
  { startMs, endMs, range: chosen }: { startMs: number; endMs: number; range: string },
  enabled: ReadonlySet<string>,
): readonly Mark[] {
  const asked = annotations.filter(({ name, enable }) => enable !== false && enabled.has(name))
  const names = asked.map(({ name }) => name)
  const key = asked.length === 0 ? undefined : JSON.stringify([chosen, names, variables])
  const load = async (signal: AbortSignal): Promise<Mark[]> => {
    const marks = await Promise.all(
      asked.map(async (annotation) => {
        const step = stepMs(endMs - startMs, POINTS, durationMs(annotation.step) ?? 5_000)
        const expr = annotation.target?.expr ?? annotation.expr ?? ''
        const scope = { startMs, endMs, stepMs: step, scrapeMs: 5_000 }
        const range = { ...aligned(startMs, endMs, step), stepMs: step }
        const { data } = await queryRange(interpolateQuery(expr, variables, scope).text, range, signal)
        return marksOf(annotation, data, step)
      }),
    )
    return marks.flat()
  }
  const { data } = useLoad(key, load, undefined, endMs)
  // The last ones stay until the next are there.
  const last = useRef(none)
  if (data) last.current = data
  return key === undefined ? none : last.current
}
