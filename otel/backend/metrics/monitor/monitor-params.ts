// Parameters of Jaeger's Monitor tab. Times and durations are whole milliseconds; each reader's ParamError names the parameter.
import { ParamError, parseBool, parseInteger } from '../../jaeger/params.ts'
import { KIND_LABELS } from '../spans/span-facts.ts'

export interface MonitorQuery {
  services: readonly string[]
  groupByOperation: boolean
  /** Values of the label `span_kind`. */
  spanKinds: readonly string[]
  endMs: number
  lookbackMs: number
  stepMs: number
  ratePerMs: number
}

/** @throws ParamError */
export function parseMonitorQuery(params: URLSearchParams, nowMs: number): MonitorQuery {
  const services = params.getAll('service')
  if (services.length === 0) throw unreadable('service', 'please provide at least one service name')
  const grouping = params.get('groupByOperation') ?? ''
  const spanKinds = params.getAll('spanKind').map(kindLabel)
  return {
    services,
    groupByOperation: grouping !== '' && parseBool(grouping, (message) => unreadable('groupByOperation', message)),
    spanKinds: spanKinds.length > 0 ? spanKinds : [kindLabel('server')],
    endMs: milliseconds(params, 'endTs', nowMs),
    lookbackMs: milliseconds(params, 'lookback', 60 * 60 * 1000),
    stepMs: milliseconds(params, 'step', 5000),
    ratePerMs: milliseconds(params, 'ratePer', 10 * 60 * 1000),
  }
}

/** @throws ParamError */
export function parseQuantile(params: URLSearchParams): number {
  const text = params.get('quantile') ?? ''
  const quantile = Number(text)
  if (text.trim() === '' || !(quantile >= 0 && quantile <= 1)) {
    throw unreadable('quantile', `${JSON.stringify(text)} is not a number from 0 to 1`)
  }
  return quantile
}

/** `server` and `SPAN_KIND_SERVER` are both in use. */
function kindLabel(text: string): string {
  const label = text.startsWith('SPAN_KIND_') ? text : `SPAN_KIND_${text.toUpperCase()}`
  if (!(KIND_LABELS as readonly string[]).includes(label))
    throw unreadable('spanKind', `unsupported span kind: '${text}'`)
  return label
}

function milliseconds(params: URLSearchParams, name: string, fallbackMs: number): number {
  const text = params.get(name) ?? ''
  if (text === '') return fallbackMs
  const ms = Number(parseInteger(text, (message) => unreadable(name, message)))
  if (ms < 0 || !Number.isSafeInteger(ms)) throw unreadable(name, 'out of range')
  return ms
}

function unreadable(name: string, message: string): ParamError {
  return new ParamError(`unable to parse param '${name}': ${message}`)
}
