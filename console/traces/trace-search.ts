// A search for traces: as it stands in the address, as Jaeger takes it, and what makes no sense in it. Pure.

export type TraceSearch = {
  service: string
  operation: string
  /** As typed: `error=true customer.region=eu "db.query.text=SELECT 1"`. */
  tags: string
  /** Go durations: `100ms`. */
  minDuration: string
  maxDuration: string
  limit: number
}

export const maxLimit = 1_500
const DEFAULT_LIMIT = 200

export function readSearch(params: URLSearchParams): TraceSearch {
  const text = (name: string) => params.get(name) ?? ''
  const limit = Number(text('limit') || DEFAULT_LIMIT)
  return {
    service: text('service'),
    operation: text('operation'),
    tags: text('tags'),
    minDuration: text('minDuration'),
    maxDuration: text('maxDuration'),
    limit: Number.isInteger(limit) && limit >= 1 && limit <= maxLimit ? limit : DEFAULT_LIMIT,
  }
}

/** Puts the search into an address; what is empty or standard is left out. */
export function writeSearch(params: URLSearchParams, search: TraceSearch): URLSearchParams {
  const next = new URLSearchParams(params)
  for (const [name, value] of Object.entries(search)) {
    if (value === '' || (name === 'limit' && value === DEFAULT_LIMIT)) next.delete(name)
    else next.set(name, String(value))
  }
  return next
}

/** `key=value` pairs; values and pairs with blanks stand in double quotes. Undefined when something is no pair. */
export function parseTags(text: string): Record<string, string> | undefined {
  const tags: Record<string, string> = {}
  const pattern = /\s*(?:"([^"=]+)=([^"]*)"|([^\s"=]+)=(?:"([^"]*)"|([^\s"]*)))(?=\s|$)/y
  const trimmed = text.trim()
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed)
    if (!match) return undefined
    tags[match[1] ?? match[3] ?? ''] = match[2] ?? match[4] ?? match[5] ?? ''
  }
  return tags
}

const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/
const unitsMicros: Record<string, number> = { ns: 0.001, us: 1, µs: 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9 }

export const durationExample = 'a number and a unit, such as 250us, 100ms or 1.5s'

/** µs of a Go duration such as `1m30s`, to the ns; undefined for what is none. */
export function readDuration(text: string): number | undefined {
  if (!duration.test(text)) return undefined
  let micros = 0
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)([a-zµ]+)/g))
    micros += Number(amount) * (unitsMicros[unit] ?? 0)
  return Math.round(micros * 1e3) / 1e3
}

/** A Go duration that is as many µs. */
export function writeDuration(micros: number): string {
  if (micros < 1e3) return `${micros}us`
  return micros < 1e6 ? `${micros / 1e3}ms` : `${micros / 1e6}s`
}

/** What is wrong, by field; empty when nothing is. */
export function searchFaults({
  tags,
  minDuration,
  maxDuration,
}: TraceSearch): Partial<Record<keyof TraceSearch, string>> {
  return {
    ...(parseTags(tags) === undefined ? { tags: 'pairs such as error=true, or key="two words"' } : {}),
    ...(minDuration !== '' && !duration.test(minDuration) ? { minDuration: durationExample } : {}),
    ...(maxDuration !== '' && !duration.test(maxDuration) ? { maxDuration: durationExample } : {}),
  }
}

/** The request to Jaeger's query API. */
export function searchPath(search: TraceSearch, { startMs, endMs }: { startMs: number; endMs: number }): string {
  const { service, operation, tags, minDuration, maxDuration, limit } = search
  const params = new URLSearchParams({ service, limit: String(limit) })
  params.set('start', String(Math.round(startMs * 1000)))
  params.set('end', String(Math.round(endMs * 1000)))
  if (operation) params.set('operation', operation)
  const parsed = parseTags(tags) ?? {}
  if (Object.keys(parsed).length > 0) params.set('tags', JSON.stringify(parsed))
  if (minDuration) params.set('minDuration', minDuration)
  if (maxDuration) params.set('maxDuration', maxDuration)
  return `/jaeger/api/traces?${params}`
}
