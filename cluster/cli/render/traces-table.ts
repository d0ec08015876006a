// The list of traces that a search found, a line each. Pure.
import { type Colors, cut, fitLeft, fitRight, plain } from './cells.ts'
import { formatClock, formatMicros } from './duration.ts'

export type TraceSummary = {
  traceId: string
  startMicros: number
  durationMicros: number
  rootService: string
  rootOperation: string
  spans: number
  services: string[]
  /** Spans with an error. */
  errors: number
}

/** From here on there is room for the services' names. */
const WIDE_COLUMNS = 130
const SERVICES_COLUMNS = 44

/** A title line and a line a trace, within `columns` characters, though never less than the ids need. */
export function drawTraces(traces: readonly TraceSummary[], columns: number, colors: Colors): string[] {
  const idColumns = Math.max(8, ...traces.map((trace) => trace.traceId.length))
  const showServices = columns >= WIDE_COLUMNS
  const used = idColumns + 9 + 9 + 6 + 5 + (showServices ? SERVICES_COLUMNS + 1 : 0)
  const rootColumns = Math.max(12, columns - used - 1)
  const line = (id: string, start: string, time: string, spans: string, errors: string, root: string, last: string) =>
    [id, start, time, spans, errors, root, ...(showServices ? [last] : [])].join(' ').trimEnd()
  const title = line(
    fitLeft('TRACE', idColumns),
    fitLeft('START', 8),
    fitRight('TIME', 8),
    fitRight('SPANS', 5),
    fitRight('ERR', 4),
    fitLeft('ROOT', rootColumns),
    'SERVICES',
  )
  const rows = traces.map((trace) => {
    const errors = fitRight(trace.errors === 0 ? '-' : String(trace.errors), 4)
    return line(
      fitLeft(trace.traceId, idColumns),
      formatClock(trace.startMicros).slice(0, 8),
      fitRight(formatMicros(trace.durationMicros), 8),
      fitRight(String(trace.spans), 5),
      trace.errors === 0 ? colors.dim(errors) : colors.red(errors),
      fitLeft(`${plain(trace.rootService)} ${plain(trace.rootOperation)}`, rootColumns),
      colors.dim(cut(trace.services.map(plain).join(' '), SERVICES_COLUMNS)),
    )
  })
  return [colors.dim(title), ...rows]
}
