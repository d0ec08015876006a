// Finds a trace to show: the newest checkout that went through all of the shop.
import { getJson } from '../shell/api.ts'

const PLACE = '{{trace}}'
const LOOKBACK_MS = 10 * 60_000

/** The path with the trace in its place; the search for traces when there is none yet. */
export async function pathToShow(show: string): Promise<string> {
  if (!show.includes(PLACE)) return show
  const endMs = Date.now()
  const search = new URLSearchParams({
    service: 'orders',
    operation: 'POST /orders',
    limit: '20',
    start: String((endMs - LOOKBACK_MS) * 1000),
    end: String(endMs * 1000),
  })
  const { data } = await getJson<{ data: { traceID: string; spans: readonly unknown[] }[] }>(
    `/jaeger/api/traces?${search}`,
  )
  const [most] = data.toSorted((a, b) => b.spans.length - a.spans.length)
  return most ? show.replace(PLACE, most.traceID) : '/traces'
}
