// Asks Prometheus's HTTP API through the console's own server. Every call takes a signal: whoever no longer wants the answer aborts it.
import {
  type Exemplar,
  type InstantVector,
  PromError,
  type RangeMatrix,
  readExemplars,
  readMatrix,
  readVector,
} from './answers.ts'

const BASE = '/prometheus/api/v1'

export type Answer<T> = { data: T; warnings: readonly string[] }

/** The value at a moment, now when omitted. Rejects with `PromError`, or with the signal's reason. */
export async function queryInstant(
  query: string,
  signal: AbortSignal,
  timeMs?: number,
): Promise<Answer<InstantVector>> {
  const parameters = { query, ...(timeMs === undefined ? {} : { time: String(timeMs / 1000) }) }
  const { data, warnings } = await ask('query', parameters, signal)
  return { data: readVector(data), warnings }
}

export type QueryRange = { startMs: number; endMs: number; stepMs: number }

export async function queryRange(query: string, range: QueryRange, signal: AbortSignal): Promise<Answer<RangeMatrix>> {
  const parameters = {
    query,
    start: String(range.startMs / 1000),
    end: String(range.endMs / 1000),
    step: String(range.stepMs / 1000),
  }
  const { data, warnings } = await ask('query_range', parameters, signal)
  return { data: readMatrix(data), warnings }
}

export async function queryExemplars(
  query: string,
  range: { startMs: number; endMs: number },
  signal: AbortSignal,
): Promise<Exemplar[]> {
  const parameters = { query, start: String(range.startMs / 1000), end: String(range.endMs / 1000) }
  return readExemplars((await ask('query_exemplars', parameters, signal)).data)
}

/** Values of a label, of the series that a selector matches; all when there is none. */
export async function labelValues(
  label: string,
  selector: string | undefined,
  range: { startMs: number; endMs: number },
  signal: AbortSignal,
): Promise<string[]> {
  const parameters: Record<string, string> = { start: String(range.startMs / 1000), end: String(range.endMs / 1000) }
  if (selector) parameters['match[]'] = selector
  return (await ask(`label/${encodeURIComponent(label)}/values`, parameters, signal)).data as string[]
}

/** Anything else of the API, by its path below `/api/v1/`. */
export async function ask(
  path: string,
  parameters: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer<unknown>> {
  const text = new URLSearchParams(parameters).toString()
  const response = await fetch(text === '' ? `${BASE}/${path}` : `${BASE}/${path}?${text}`, {
    signal,
    headers: { accept: 'application/json' },
  }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new PromError('unreachable', 'Prometheus cannot be reached')
  })
  const body = (await response.json().catch(() => undefined)) as
    | { status?: string; data?: unknown; errorType?: string; error?: string; warnings?: string[] }
    | undefined
  if (body?.status === 'success') return { data: body.data, warnings: body.warnings ?? [] }
  if (body?.error) throw new PromError(body.errorType ?? 'unknown', body.error)
  const kind = response.status === 502 || response.status === 503 ? 'unreachable' : 'unknown'
  throw new PromError(kind, `Prometheus answers with status ${response.status}`)
}
