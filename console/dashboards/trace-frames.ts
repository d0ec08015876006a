// A search of Jaeger as Grafana's data source asks it, and its traces as a table.
import type { TargetJson } from './dashboard-json.ts'
import type { Field, Frame } from './frame.ts'
import { interpolateText, type Variables } from './interpolation.ts'

type WireSpan = {
  spanID: string
  operationName: string
  /** Microseconds. */
  startTime: number
  duration: number
  processID: string
  references?: readonly { refType: string; spanID: string }[]
  tags?: readonly { key: string; value: unknown }[]
}
export type WireTrace = {
  traceID: string
  spans: readonly WireSpan[]
  processes: Record<string, { serviceName: string }>
}

const LIMIT = 20

export function searchPathOf(
  target: TargetJson,
  context: { variables: Variables; startMs: number; endMs: number },
): string {
  const fill = (text: string): string => interpolateText(text, context.variables)
  const search = new URLSearchParams({
    service: fill(target.service ?? ''),
    start: String(Math.round(context.startMs * 1000)),
    end: String(Math.round(context.endMs * 1000)),
    limit: String(target.limit ?? LIMIT),
  })
  if (target.operation) search.set('operation', fill(target.operation))
  if (target.tags) search.set('tags', JSON.stringify(tagsOf(fill(target.tags))))
  if (target.minDuration) search.set('minDuration', target.minDuration)
  if (target.maxDuration) search.set('maxDuration', target.maxDuration)
  return `/jaeger/api/traces?${search}`
}

/** `a=b c="d e"` as an object. */
function tagsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([^\s=]+)=(?:"([^"]*)"|(\S*))/g)].map(([, key = '', quoted, bare]) => [
      key,
      quoted ?? bare ?? '',
    ]),
  )
}

/** A row for each trace, the newest first, as Grafana shows them. The id leads to the trace. */
export function traceFrame(target: TargetJson, traces: readonly WireTrace[]): Frame {
  const rows = traces
    .map((trace) => ({ trace, root: rootOf(trace) }))
    .filter((row): row is { trace: WireTrace; root: WireSpan } => row.root !== undefined)
    .sort((a, b) => b.root.startTime - a.root.startTime)
  const column = (name: string, type: Field['type'], values: Field['values']): Field => ({
    name,
    type,
    values,
    labels: {},
  })
  return {
    refId: target.refId,
    fields: [
      {
        ...column(
          'Trace',
          'string',
          rows.map(({ trace }) => trace.traceID),
        ),
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
        options: { links: [{ title: 'Trace', url: '/traces/${__value.raw}' }] },
      },
      column(
        'Name',
        'string',
        rows.map(({ trace, root }) => `${trace.processes[root.processID]?.serviceName ?? '?'}: ${root.operationName}`),
      ),
      column(
        'Start',
        'time',
        rows.map(({ root }) => root.startTime / 1000),
      ),
      {
        ...column(
          'Duration',
          'number',
          rows.map(({ trace, root }) => lengthOf(trace, root) / 1e6),
        ),
        options: { unit: 's' },
      },
      column(
        'Spans',
        'number',
        rows.map(({ trace }) => trace.spans.length),
      ),
    ],
  }
}

function rootOf({ spans }: WireTrace): WireSpan | undefined {
  const ids = new Set(spans.map(({ spanID }) => spanID))
  const roots = spans.filter(
    ({ references = [] }) => !references.some(({ refType, spanID }) => refType === 'CHILD_OF' && ids.has(spanID)),
  )
  return roots.toSorted((a, b) => a.startTime - b.startTime)[0] ?? spans[0]
}

/** In microseconds, from the root's start to the last end. */
function lengthOf({ spans }: WireTrace, root: WireSpan): number {
  return spans.reduce((end, span) => Math.max(end, span.startTime + span.duration), 0) - root.startTime
}
