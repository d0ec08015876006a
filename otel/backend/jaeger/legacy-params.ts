// Parameters of Jaeger's older API: times in microseconds (dependencies: milliseconds), durations as Go writes them.
import type { TraceQuery } from '../traces/trace-query.ts'
import { DurationError, parseGoDuration } from './go-duration.ts'
import {
  DEFAULT_SEARCH_LIMIT,
  MAX_SEARCH_LIMIT,
  ParamError,
  parseBool,
  parseInteger,
  parseStringMap,
  parseTraceId,
} from './params.ts'

/** Without a start, a search looks back two days, dependencies one: Jaeger's defaults. */
const DEFAULT_LOOKBACK_NS = 48n * 3_600_000_000_000n
const DEFAULT_DEPENDENCY_LOOKBACK_NS = 24n * 3_600_000_000_000n

export interface LegacySearch {
  query: TraceQuery
  /** When there are any, these traces are wanted and the rest of the query is not used. */
  traceIds: string[]
  raw: boolean
}

export interface TimeWindow {
  startNs: bigint
  endNs: bigint
}

/** Reads /api/traces' parameters in Jaeger's order, so that of several mistakes the same one is named. */
export function parseSearch(params: URLSearchParams, nowMs: number): LegacySearch {
  const nowNs = BigInt(Math.floor(nowMs)) * 1_000_000n
  const end = params.get('end')
  const start = params.get('start')
  const startGiven = start ? scaled('start', start, 1000n) : null
  const endNs = end ? scaled('end', end, 1000n) : nowNs
  const tags = parseTags(params)
  const limit = parseLimit(params.get('limit'))
  const minDurationNs = parseDurationParam(params, 'minDuration')
  const maxDurationNs = parseDurationParam(params, 'maxDuration')
  const traceIds = params.getAll('traceID').map((id) => {
    return parseTraceId(id, (message) => new ParamError(`cannot parse traceID param: ${message}`))
  })
  const raw = parseRaw(params)
  const service = params.get('service') || null
  if (traceIds.length === 0 && service === null) throw new ParamError("parameter 'service' is required")
  if (limit <= 0) throw new ParamError('invalid parameter: limit must be greater than 0')
  const startNs = startGiven ?? (end ? endNs : nowNs) - lookbackOf(params)
  if (startNs > endNs) throw new ParamError('invalid parameter: start time must be before end time')
  if (minDurationNs && maxDurationNs && maxDurationNs < minDurationNs) {
    throw new ParamError("'maxDuration' should be greater than 'minDuration'")
  }
  const query: TraceQuery = {
    service,
    operation: params.get('operation') || null,
    tags,
    startMinNs: startNs,
    startMaxNs: endNs,
    minDurationNs,
    maxDurationNs,
    limit: Math.min(limit, MAX_SEARCH_LIMIT),
  }
  return { query, traceIds, raw }
}

/** Reads /api/dependencies' `endTs` and `lookback`, both in milliseconds. */
export function parseDependencyWindow(params: URLSearchParams, nowMs: number): TimeWindow {
  const endTs = params.get('endTs')
  const lookback = params.get('lookback')
  const endNs = endTs ? scaled('endTs', endTs, 1_000_000n) : BigInt(Math.floor(nowMs)) * 1_000_000n
  const lookbackNs = lookback ? scaled('lookback', lookback, 1_000_000n) : DEFAULT_DEPENDENCY_LOOKBACK_NS
  return { startNs: endNs - lookbackNs, endNs }
}

/** Reads what /api/traces/{id} takes beside the id. The window is checked and otherwise not used: the store finds traces by id alone. */
export function parseTraceOptions(params: URLSearchParams): { raw: boolean } {
  for (const name of ['start', 'end']) {
    const value = params.get(name)
    if (value) scaled(name, value, 1000n)
  }
  return { raw: parseRaw(params) }
}

export function parseLegacyTraceId(text: string): string {
  return parseTraceId(text, (message) => new ParamError(`cannot parse traceID param: ${message}`))
}

function failFor(name: string): (message: string) => ParamError {
  return (message) => new ParamError(`unable to parse param '${name}': ${message}`)
}

function scaled(name: string, text: string, unitNs: bigint): bigint {
  return parseInteger(text, failFor(name)) * unitNs
}

function parseRaw(params: URLSearchParams): boolean {
  const raw = params.get('raw')
  return raw ? parseBool(raw, failFor('raw')) : false
}

function parseLimit(text: string | null): number {
  return text ? Number(parseInteger(text, failFor('limit'))) : DEFAULT_SEARCH_LIMIT
}

function parseDurationParam(params: URLSearchParams, name: string): bigint | null {
  const text = params.get(name)
  if (!text) return null
  try {
    return parseGoDuration(text) || null
  } catch (error) {
    if (error instanceof DurationError) throw failFor(name)(error.message)
    throw error
  }
}

function parseTags(params: URLSearchParams): Map<string, string> {
  const tags = new Map<string, string>()
  for (const tag of params.getAll('tag')) {
    const colon = tag.indexOf(':')
    if (colon < 0)
      throw new ParamError(`malformed 'tag' parameter, expecting key:value, received: ${tag.slice(0, 200)}`)
    tags.set(tag.slice(0, colon), tag.slice(colon + 1))
  }
  for (const json of params.getAll('tags')) {
    const fail = (message: string) => new ParamError(`malformed 'tags' parameter, cannot unmarshal JSON: ${message}`)
    for (const [key, value] of parseStringMap(json, fail)) tags.set(key, value)
  }
  return tags
}

/** `lookback` ("1h", "2d") counts only without a start. Jaeger ignores it, and its UI sends "custom", so what is no duration is ignored. */
function lookbackOf(params: URLSearchParams): bigint {
  const text = params.get('lookback')
  if (!text) return DEFAULT_LOOKBACK_NS
  const days = /^(\d{1,5})([dw])$/.exec(text)
  if (days) return BigInt(days[1] ?? '0') * (days[2] === 'w' ? 7n : 1n) * 24n * 3_600_000_000_000n
  try {
    return parseGoDuration(text)
  } catch {
    return DEFAULT_LOOKBACK_NS
  }
}
