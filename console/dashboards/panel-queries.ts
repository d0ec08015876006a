// Asks for all that a panel shows, and makes it ready to draw: queries → frames → transformations → looks.
import type { Exemplar } from '../prometheus/answers.ts'
import { queryExemplars, queryInstant, queryRange } from '../prometheus/client.ts'
import { getJson } from '../shell/api.ts'
import type { PanelJson, TargetJson } from './dashboard-json.ts'
import { configure } from './field-config.ts'
import type { Frame } from './frame.ts'
import { interpolateQuery, interpolateText, type Variables } from './interpolation.ts'
import { logFrames } from './log-frames.ts'
import { gridOf, heatmapFrame, instantFrames, rangeFrames, tableFrame, withNow } from './prometheus-frames.ts'
import { aligned, durationMs, stepMs } from './time-step.ts'
import { searchPathOf, traceFrame } from './trace-frames.ts'
import { transform } from './transformations.ts'

export type PanelContext = { variables: Variables; startMs: number; endMs: number; widthPx: number }

export type PanelData = {
  frames: readonly Frame[]
  exemplars: readonly Exemplar[]
  startMs: number
  endMs: number
  stepMs: number
  /** What could not be done, in words: transformations or variables that are not known, warnings of Prometheus. */
  remarks: readonly string[]
}

/** What Grafana's data source is set to, see the provisioning. */
const SCRAPE_MS = 5_000
/** Nearer to the end than this is near enough. */
const NOW_AFTER_MS = 500

export async function loadPanel(panel: PanelJson, context: PanelContext, signal: AbortSignal): Promise<PanelData> {
  const targets = (panel.targets ?? []).filter(({ hide }) => !hide)
  const steps = targets.map((target) => stepOf(target, context))
  const answers = await Promise.all(
    targets.map((target, index) =>
      loadTarget({
        target,
        several: targets.length > 1,
        showsNow: showsNow(panel),
        stepMs: steps[index] ?? SCRAPE_MS,
        context,
        signal,
      }),
    ),
  )
  const transformed = transform(
    answers.flatMap(({ frames }) => frames),
    panel.transformations ?? [],
  )
  return {
    frames: configure(transformed.frames, panel.fieldConfig),
    exemplars: answers.flatMap(({ exemplars }) => exemplars),
    startMs: context.startMs,
    endMs: context.endMs,
    stepMs: Math.min(...steps, Number.MAX_SAFE_INTEGER),
    remarks: [
      ...answers.flatMap(({ remarks }) => remarks),
      ...transformed.unknown.map((id) => `the transformation “${id}” is not known here`),
    ],
  }
}

/**
 * Whether lines are drawn up to the very end of the range. Points in round steps end up to a step before it, and whoever has just broken
 * something waits for the next one. Bars and cells are as wide as a step, so that no point fits in between.
 */
function showsNow({ type, fieldConfig }: PanelJson): boolean {
  return type === 'timeseries' ? fieldConfig?.defaults?.custom?.['drawStyle'] !== 'bars' : type === 'stat'
}

type Answered = { frames: readonly Frame[]; exemplars: readonly Exemplar[]; remarks: readonly string[] }

function stepOf(target: TargetJson, { startMs, endMs, widthPx, variables }: PanelContext): number {
  const written = target.interval ? interpolateText(target.interval, variables) : undefined
  const least = durationMs(written) ?? SCRAPE_MS
  return stepMs(endMs - startMs, Math.max(60, widthPx), least)
}

/** One query of a panel; `several` when it has others. */
type Asked = {
  target: TargetJson
  several: boolean
  showsNow: boolean
  stepMs: number
  context: PanelContext
  signal: AbortSignal
}

async function loadTarget(asked: Asked): Promise<Answered> {
  const { target, context, signal } = asked
  switch (target.datasource?.type) {
    case 'jaeger': {
      const path = searchPathOf(target, context)
      const { data } = await getJson<{ data: Parameters<typeof traceFrame>[1] }>(path, { signal })
      return { frames: [traceFrame(target, data)], exemplars: [], remarks: [] }
    }
    case 'loki':
      return { ...(await logFrames(target, context, signal)), exemplars: [] }
    case 'prometheus':
    case undefined:
      return loadPrometheus(asked)
    default:
      return { frames: [], exemplars: [], remarks: [`the data source “${target.datasource?.type}” is not known here`] }
  }
}

async function loadPrometheus({ target, several, showsNow, stepMs: step, context, signal }: Asked): Promise<Answered> {
  const scope = {
    startMs: context.startMs,
    endMs: context.endMs,
    stepMs: step,
    scrapeMs: durationMs(target.interval) ?? SCRAPE_MS,
  }
  const { text, unknown } = interpolateQuery(target.expr ?? '', context.variables, scope)
  const missing = unknown.map((name) => `the variable $${name} has no value`)
  if (text.trim() === '' || missing.length > 0) return { frames: [], exemplars: [], remarks: missing }
  const legend =
    target.legendFormat === undefined ? {} : { legendFormat: interpolateText(target.legendFormat, context.variables) }
  const named = { ...target, ...legend }
  if (target.instant === true && target.range !== true) {
    const { data, warnings } = await queryInstant(text, signal, context.endMs)
    const frames = target.format === 'table' ? [tableFrame(named, data, several)] : instantFrames(named, data)
    return { frames, exemplars: [], remarks: warnings }
  }
  const range = aligned(context.startMs, context.endMs, step)
  const hasMore = showsNow && target.format !== 'heatmap' && context.endMs - range.endMs >= NOW_AFTER_MS
  const [{ data, warnings }, now, exemplars] = await Promise.all([
    queryRange(text, { ...range, stepMs: step }, signal),
    hasMore ? queryInstant(text, signal, context.endMs) : undefined,
    target.exemplar ? queryExemplars(text, { ...range, endMs: context.endMs }, signal).catch(() => []) : [],
  ])
  const whole = gridOf(range.startMs, range.endMs, step)
  const { grid, matrix } = now ? withNow(whole, data, now.data, context.endMs) : { grid: whole, matrix: data }
  const frames = target.format === 'heatmap' ? [heatmapFrame(named, matrix, grid)] : rangeFrames(named, matrix, grid)
  return { frames, exemplars, remarks: warnings }
}
