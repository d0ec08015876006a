// Parameters of Jaeger's newer API: camelCase with the older snake_case names as aliases, RFC 3339 times, durations as Go writes them.
import type { TraceQuery } from '../traces/trace-query.ts'
import { DurationError, parseGoDuration } from './go-duration.ts'
import {
  DEFAULT_SEARCH_LIMIT,
  MAX_SEARCH_LIMIT,
  ParamError,
  parseBool,
  parseInteger,
  parseStringMap,
  parseTime,
  parseTraceId,
} from './params.ts'

export interface V3Search {
  query: TraceQuery
  raw: boolean
}

/** Reads the `query.*` parameters of a search, of traces or of summaries. */
export function parseV3Search(params: URLSearchParams): V3Search {
  const startMin = pick(params, 'query.startTimeMin', 'query.start_time_min')
  const startMax = pick(params, 'query.startTimeMax', 'query.start_time_max')
  const attributes = pick(params, 'query.attributes')
  const tags = attributes === null ? [] : parseStringMap(attributes.text, failFor(attributes.name))
  const startMinNs = startMin && parseTime(startMin.text, failFor(startMin.name))
  const startMaxNs = startMax && parseTime(startMax.text, failFor(startMax.name))
  if (startMinNs === null || startMaxNs === null) {
    throw new ParamError('query.startTimeMin and query.startTimeMax are required')
  }
  if (startMinNs > startMaxNs) throw new ParamError('query.startTimeMin must be before query.startTimeMax')
  const query: TraceQuery = {
    service: pick(params, 'query.serviceName', 'query.service_name')?.text ?? null,
    operation: pick(params, 'query.operationName', 'query.operation_name')?.text ?? null,
    tags: new Map(tags),
    startMinNs,
    startMaxNs,
    minDurationNs: parseDurationParam(pick(params, 'query.durationMin', 'query.duration_min')),
    maxDurationNs: parseDurationParam(pick(params, 'query.durationMax', 'query.duration_max')),
    limit: parseDepth(pick(params, 'query.searchDepth', 'query.search_depth', 'query.num_traces')),
  }
  return { query, raw: parseRaw(pick(params, 'query.rawTraces', 'query.raw_traces')) }
}

/** Reads what /api/v3/traces/{trace_id} takes beside the id. The window is checked and not used: the store finds traces by id alone. */
export function parseV3TraceOptions(params: URLSearchParams): { raw: boolean } {
  for (const time of [pick(params, 'startTime', 'start_time'), pick(params, 'endTime', 'end_time')]) {
    if (time) parseTime(time.text, failFor(time.name))
  }
  return { raw: parseRaw(pick(params, 'rawTraces', 'raw_traces')) }
}

/** A trace id in hex or, as Jaeger takes it too, in base64. */
export function parseV3TraceId(text: string): string {
  if (/^[A-Za-z0-9+/]{22}==$/.test(text)) return Buffer.from(text, 'base64').toString('hex')
  return parseTraceId(text, failFor('trace_id'))
}

/** Reads the window of /api/v3/dependencies, which must not be empty. */
export function parseV3Window(params: URLSearchParams): { startNs: bigint; endNs: bigint } {
  const start = pick(params, 'startTime', 'start_time')
  const end = pick(params, 'endTime', 'end_time')
  if (start === null) throw new ParamError('malformed parameter startTime: it is required')
  const startNs = parseTime(start.text, failFor('startTime'))
  if (end === null) throw new ParamError('malformed parameter endTime: it is required')
  const endNs = parseTime(end.text, failFor('endTime'))
  if (endNs <= startNs) throw new ParamError('malformed parameter endTime: it must be after startTime')
  return { startNs, endNs }
}

interface Param {
  name: string
  text: string
}

/** The first of the names that has a value. */
function pick(params: URLSearchParams, ...names: string[]): Param | null {
  for (const name of names) {
    const text = params.get(name)
    if (text) return { name, text }
  }
  return null
}

function failFor(name: string): (message: string) => ParamError {
  return (message) => new ParamError(`malformed parameter ${name}: ${message}`)
}

function parseDurationParam(param: Param | null): bigint | null {
  if (param === null) return null
  try {
    return parseGoDuration(param.text) || null
  } catch (error) {
    if (error instanceof DurationError) throw failFor(param.name)(error.message)
    throw error
  }
}

function parseRaw(param: Param | null): boolean {
  return param === null ? false : parseBool(param.text, failFor(param.name))
}

function parseDepth(param: Param | null): number {
  if (param === null) return DEFAULT_SEARCH_LIMIT
  const depth = Number(parseInteger(param.text, failFor(param.name)))
  if (depth <= 0) throw failFor(param.name)('must be greater than 0')
  return Math.min(depth, MAX_SEARCH_LIMIT)
}
