// A trace and its logs, looked at again for as long as more of them arrives.
import { useCallback, useReducer, useRef } from 'react'
import { useLoad } from '../shell/use-load.ts'
import { afterLook, opened } from './arrival.ts'
import { fetchTrace } from './jaeger-api.ts'
import { fetchTraceLogs, type LogLine } from './logs-api.ts'
import type { Trace } from './trace-model.ts'

/** As often as nodes export; of a large trace, which takes long to read, less often by so many spans. */
const AGAIN_MS = 1_000
const LARGE_SPANS = 1_000

export type ArrivingTrace = {
  /** The same object as before when nothing new has come. */
  trace: Trace | undefined
  /** Undefined where logs are not to be had, and until they are there. */
  logs: readonly LogLine[] | undefined
  /** Of the last look at the trace. */
  error: Error | undefined
  /** It is looked at again by itself. */
  arriving: boolean
  /** Both, again. */
  reload(): void
}

/** @param fresh the trace was made a moment ago: it is waited for when it is not there */
export function useArrivingTrace(id: string, fresh: boolean): ArrivingTrace {
  const [{ arriving, spans = 0 }, look] = useReducer(afterLook, undefined, () => opened(fresh, Date.now()))
  const seenTrace = useRef<Trace>(undefined)
  const seenLogs = useRef<LogLine[]>(undefined)
  const loadTrace = async (signal: AbortSignal) => {
    const found = await fetchTrace(id, signal).catch((error: unknown) => {
      look({ kind: 'nothing', atMs: Date.now() })
      throw error
    })
    const endMs = (found.startMicros + found.durationMicros) / 1000
    look({ kind: 'spans', count: found.spans.length, endMs, atMs: Date.now() })
    // Spans do not change once they were exported: as many are the same ones, and nothing is to be drawn anew.
    if (seenTrace.current?.spans.length !== found.spans.length) seenTrace.current = found
    return seenTrace.current ?? found
  }
  const loadLogs = async (signal: AbortSignal) => {
    const found = await fetchTraceLogs(id, signal)
    if (found) look({ kind: 'lines', count: found.length, atMs: Date.now() })
    // Neither do lines; and those that are there stay when they cannot be had for once.
    if (found && seenLogs.current?.length !== found.length) seenLogs.current = found
    return seenLogs.current
  }
  const againMs = arriving ? AGAIN_MS * Math.max(1, Math.ceil(spans / LARGE_SPANS)) : 0
  const trace = useLoad(id, loadTrace, againMs)
  const logs = useLoad(id, loadLogs, againMs)
  const { reload: reloadTrace } = trace
  const { reload: reloadLogs } = logs
  const reload = useCallback(() => {
    reloadTrace()
    reloadLogs()
  }, [reloadTrace, reloadLogs])
  return { trace: trace.data, logs: logs.data, error: trace.error, arriving, reload }
}
