// GET /api/logs: log records by trace, span, service, instance, severity, text and time, and following new ones.
//
//   traceID, spanID      hex
//   service, instance    service.name and service.instance.id, exact
//   severity             the lowest wanted: trace, debug, info, warn, error, fatal, or an OTLP severity number 1–24
//   q                    part of the body's text, in any case
//   start, end           microseconds since the epoch, inclusive, as /api/traces has them
//   limit                1–5000, 100 when not given
//   after                a cursor: only what arrived later, oldest first. Without it: the newest that match.
//
// Answers {"data": [{timeUnixNano, severity, severityNumber, body, traceID, spanID, service, instance, attributes}, …] in order of time,
// "cursor": pass it as `after` to get what comes next, "more": whether `limit` cut the answer to `after` short}.
// Errors have the shape of the older query API: {"data": null, …, "errors": [{"code": 400, "msg": "unable to parse param 'limit': …"}]}.
import express, { type Router } from 'express'
import { ParamError, parseInteger, parseTraceId, queryOf } from '../jaeger/params.ts'
import type { AnyValue, Attribute } from '../model/any-value.ts'
import { valueText } from '../model/value-text.ts'
import { findLogs, type LogQuery, type LogRecord } from './log-query.ts'
import type { LogStore } from './log-store.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 5000

const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** Routes under /api/logs. */
export function logRoutes(logs: LogStore): Router {
  const router = express.Router()
  router.get('/', (req, res) => {
    const page = findLogs(logs, parseLogQuery(queryOf(req)))
    res.json({ data: page.records.map(toWire), cursor: String(page.cursor), more: page.more })
  })
  return router
}

export function parseLogQuery(params: URLSearchParams): LogQuery {
  const traceId = params.get('traceID')
  const spanId = params.get('spanID')
  const limit = integer(params, 'limit') ?? BigInt(DEFAULT_LIMIT)
  if (limit < 1n || limit > BigInt(MAX_LIMIT)) throw failFor('limit')(`must be from 1 to ${MAX_LIMIT}`)
  const after = integer(params, 'after')
  if (after !== null && after < 0n) throw failFor('after')('must be a cursor that an answer gave')
  const startUs = integer(params, 'start')
  const endUs = integer(params, 'end')
  if (startUs !== null && endUs !== null && startUs > endUs) throw failFor('start')('must not be after end')
  return {
    traceId: traceId ? parseTraceId(traceId, failFor('traceID')) : null,
    spanId: spanId ? parseSpanId(spanId) : null,
    service: params.get('service') || null,
    instance: params.get('instance') || null,
    minSeverity: parseSeverity(params.get('severity')),
    text: params.get('q') || null,
    startNs: startUs === null ? null : startUs * 1000n,
    endNs: endUs === null ? null : endUs * 1000n,
    limit: Number(limit),
    after: after === null ? null : Number(after),
  }
}

/** Severity as OTLP's short names have it: `warn`, `error2`, …; empty for none. */
export function severityName(number: number): string {
  const name = SEVERITIES[Math.floor((number - 1) / 4)]
  if (name === undefined) return ''
  const step = (number - 1) % 4
  return step === 0 ? name.toUpperCase() : `${name.toUpperCase()}${step + 1}`
}

function toWire(record: LogRecord): object {
  return {
    timeUnixNano: String(record.timeUnixNano),
    severity: record.severityText || severityName(record.severityNumber),
    severityNumber: record.severityNumber,
    body: valueText(record.body),
    traceID: record.traceId,
    spanID: record.spanId,
    service: record.service,
    instance: record.instance,
    attributes: plainObject(record.attributes),
    ...(record.eventName === '' ? {} : { eventName: record.eventName }),
  }
}

/** Attributes as a JSON object; integers that a double does not hold become strings. */
function plainObject(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]))
}

function plain(value: AnyValue): unknown {
  switch (value.type) {
    case 'empty':
      return null
    case 'int':
      return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : String(value.value)
    case 'double':
      return Number.isFinite(value.value) ? value.value : String(value.value)
    case 'bytes':
      return valueText(value)
    case 'array':
      return value.values.map(plain)
    case 'map':
      return plainObject(value.entries)
    case 'string':
    case 'bool':
      return value.value
  }
}

function parseSeverity(text: string | null): number {
  if (!text) return 0
  const named = SEVERITIES.indexOf(text.toLowerCase())
  if (named >= 0) return named * 4 + 1
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 24) return Number(text)
  throw failFor('severity')(`expected one of ${SEVERITIES.join(', ')} or a number from 1 to 24`)
}

function parseSpanId(text: string): string {
  if (!/^[0-9a-fA-F]{1,16}$/.test(text)) throw failFor('spanID')('expected up to 16 hex digits')
  return text.toLowerCase().padStart(16, '0')
}

function integer(params: URLSearchParams, name: string): bigint | null {
  const text = params.get(name)
  return text ? parseInteger(text, failFor(name)) : null
}

function failFor(name: string): (message: string) => ParamError {
  return (message) => new ParamError(`unable to parse param '${name}': ${message}`)
}
