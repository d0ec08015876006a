// Parameters of a request to Prometheus's API, of the address and of a form alike, and their times and durations.
import type { Request } from 'express'
import { parseDurationMs } from '../../promql/language/duration.ts'
import { parseGoFloat } from '../go-float.ts'
import { ApiError, invalidParameter } from './api-error.ts'

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
const MAX_DURATION_SECONDS = 2 ** 63 / 1e9

/** Of a form first, then of the address. The body must have been read as text. */
export function paramsOf(req: Request): URLSearchParams {
  const query = req.originalUrl.indexOf('?')
  const params = new URLSearchParams(query < 0 ? '' : req.originalUrl.slice(query + 1))
  if (typeof req.body !== 'string' || req.body === '') return params
  const form = new URLSearchParams(req.body)
  for (const [name, value] of params) form.append(name, value)
  return form
}

/** Milliseconds of `1700000000.5` or an RFC 3339 time, or undefined. */
export function parseTime(text: string): number | undefined {
  const seconds = parseGoFloat(text)
  if (seconds !== undefined) {
    const ms = Math.round(seconds * 1000)
    return Number.isSafeInteger(ms) ? ms : undefined
  }
  if (!RFC3339.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** A time that must be given. @throws ApiError */
export function requiredTime(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? ''
  const ms = parseTime(text)
  if (ms === undefined) throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`)
  return ms
}

/** A time that may be left out or empty. @throws ApiError */
export function optionalTime(params: URLSearchParams, name: string, fallbackMs: number): number {
  const text = params.get(name) ?? ''
  if (text === '') return fallbackMs
  const ms = parseTime(text)
  if (ms !== undefined) return ms
  throw invalidParameter(
    name,
    `Invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`,
  )
}

/** Milliseconds of `1.5` (seconds) or `1h30m`, not rounded. @throws ApiError */
export function parseDuration(text: string, name: string): number {
  const seconds = parseGoFloat(text)
  if (seconds !== undefined) {
    if (Math.abs(seconds) > MAX_DURATION_SECONDS) {
      throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`)
    }
    return seconds * 1000
  }
  const ms = parseDurationMs(text)
  if (ms === undefined) throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration`)
  return ms
}

/** `timeout`, or undefined when it is not given. @throws ApiError */
export function timeoutOf(params: URLSearchParams): number | undefined {
  const text = params.get('timeout') ?? ''
  if (text === '') return undefined
  const ms = parseDuration(text, 'timeout')
  if (!(ms > 0)) throw new ApiError('timeout', 'query timed out in query queue')
  return ms
}

/** A whole number that is not negative, 0 for none. @throws ApiError */
export function limitOf(params: URLSearchParams, name = 'limit'): number {
  const text = params.get(name) ?? ''
  if (text === '') return 0
  if (!/^\+?\d{1,15}$/.test(text)) throw invalidParameter(name, `${name} must be a number`)
  return Number(text)
}
