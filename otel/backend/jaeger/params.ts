// Query parameters that the APIs have in common. Each reader throws ParamError, which names the parameter.
import { parseRfc3339 } from './rfc3339.ts'

/** A parameter cannot be read. Answered 400 in the shape of the API that was asked. */
export class ParamError extends Error {
  override readonly name = 'ParamError'
}

/** Traces that one search may ask for. */
export const MAX_SEARCH_LIMIT = 1500
export const DEFAULT_SEARCH_LIMIT = 100

const MAX_INT64 = 2n ** 63n - 1n

/** A decimal integer of 64 bits, as Go's ParseInt reads it; `fail` makes the error from Go's message. */
export function parseInteger(text: string, fail: (message: string) => ParamError): bigint {
  if (!/^[+-]?\d{1,40}$/.test(text)) throw fail(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`)
  const value = BigInt(text.replace(/^\+/, ''))
  if (value > MAX_INT64 || value < -MAX_INT64 - 1n)
    throw fail(`strconv.ParseInt: parsing ${quote(text)}: value out of range`)
  return value
}

/** A boolean, as Go's ParseBool reads it. */
export function parseBool(text: string, fail: (message: string) => ParamError): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  throw fail(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`)
}

/** A trace id of up to 32 hex digits, made up to 32 with zeros. */
export function parseTraceId(text: string, fail: (message: string) => ParamError): string {
  if (text.length > 32) throw fail(`TraceID cannot be longer than 32 hex characters: ${text.slice(0, 64)}`)
  if (!/^[0-9a-fA-F]+$/.test(text)) throw fail(`strconv.ParseUint: parsing ${quote(text)}: invalid syntax`)
  return text.toLowerCase().padStart(32, '0')
}

/** A time as RFC 3339 has it, in nanoseconds since the epoch. */
export function parseTime(text: string, fail: (message: string) => ParamError): bigint {
  const ns = parseRfc3339(text)
  if (ns === null) throw fail(`parsing time ${quote(text)}: expected RFC 3339, as in "2026-01-24T12:00:00Z"`)
  return ns
}

/** A JSON object whose members are all strings, as tags are given; `fail` gets what is wrong with it. */
export function parseStringMap(text: string, fail: (message: string) => ParamError): [string, string][] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw fail('invalid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail('expected an object of strings')
  return Object.entries(value).map(([key, member]) => {
    if (typeof member !== 'string') throw fail(`the value of ${quote(key)} is not a string`)
    return [key, member]
  })
}

/** The query string of a request's URL. */
export function queryOf(req: { url: string }): URLSearchParams {
  const at = req.url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : req.url.slice(at + 1))
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 64))
}
