// Jaeger's query API as the trace views need it.
import { getJson } from '../shell/api.ts'
import { readTrace, type Trace, type WireTrace } from './trace-model.ts'
import { searchPath, type TraceSearch } from './trace-search.ts'

type Answer<T> = { data?: T | null }

export async function fetchServices(signal: AbortSignal): Promise<string[]> {
  const { data } = await getJson<Answer<string[]>>('/jaeger/api/services', { signal })
  return (data ?? []).map(String).sort()
}

export async function fetchOperations(service: string, signal: AbortSignal): Promise<string[]> {
  const path = `/jaeger/api/operations?service=${encodeURIComponent(service)}`
  const { data } = await getJson<Answer<{ name?: string }[]>>(path, { signal })
  return [...new Set((data ?? []).map(({ name }) => String(name ?? '')))].filter(Boolean).sort()
}

/** Newest first. */
export async function fetchTraces(
  search: TraceSearch,
  time: { startMs: number; endMs: number },
  signal: AbortSignal,
): Promise<Trace[]> {
  const { data } = await getJson<Answer<WireTrace[]>>(searchPath(search, time), { signal })
  return (data ?? [])
    .map(readTrace)
    .filter(({ spans }) => spans.length > 0)
    .sort((one, other) => other.startMicros - one.startMicros)
}

/** Rejects with an `ApiError` of 404 for a trace that is not there. */
export async function fetchTrace(id: string, signal: AbortSignal): Promise<Trace> {
  const { data } = await getJson<Answer<WireTrace[]>>(`/jaeger/api/traces/${encodeURIComponent(id)}`, { signal })
  return readTrace(data?.[0] ?? {})
}
