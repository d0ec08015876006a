// A query of Loki, answered by the log API of the telemetry backend: its stream selector and line filters, which is what dashboards use.
import { getJson } from '../shell/api.ts'
import type { TargetJson } from './dashboard-json.ts'
import type { Field, Frame } from './frame.ts'
import { interpolateQuery, type Variables } from './interpolation.ts'

export type LogRecord = {
  timeUnixNano: string
  severity: string
  body: string
  traceID: string
  service: string
  instance: string
}

export type LogFilter = {
  /** Each a label and how its value must be. */
  matchers: readonly { label: string; operator: '=' | '!=' | '=~' | '!~'; value: string }[]
  /** `|= "…"` and its kin. */
  lines: readonly { operator: '|=' | '!=' | '|~' | '!~'; text: string }[]
  /** Stages that are not known. */
  rest: string
}

/** `{service_name=~"a|b"} |= "text" | severity_text = "ERROR"`. */
export function parseLogQuery(expr: string): LogFilter {
  const selector = /^\s*\{([^}]*)\}/.exec(expr)
  const matchers = [...(selector?.[1] ?? '').matchAll(matcher)].map(toMatcher)
  let rest = expr.slice(selector?.[0].length ?? 0).trim()
  const lines: LogFilter['lines'][number][] = []
  for (;;) {
    const line = /^(\|=|!=|\|~|!~)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)\s*/.exec(rest)
    const label = /^\|\s*(\w+)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)\s*(?:or\s+)?/.exec(rest)
    if (line) lines.push({ operator: line[1] as '|=', text: line[2] ?? line[3] ?? '' })
    else if (label) matchers.push(toMatcher(label))
    else break
    rest = rest.slice((line ?? label)?.[0].length)
  }
  return { matchers, lines, rest }
}

const matcher = /(\w+)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g

function toMatcher(found: RegExpExecArray | RegExpMatchArray): LogFilter['matchers'][number] {
  const [, label = '', operator = '=', quoted, raw] = found
  return { label, operator: operator as '=', value: raw ?? (quoted ?? '').replace(/\\(.)/g, '$1') }
}

/** Loki's names of what the log API calls otherwise. */
const fields: Record<string, (record: LogRecord) => string> = {
  service_name: ({ service }) => service,
  service: ({ service }) => service,
  service_instance_id: ({ instance }) => instance,
  instance: ({ instance }) => instance,
  severity_text: ({ severity }) => severity,
  level: ({ severity }) => severity.toLowerCase(),
  detected_level: ({ severity }) => severity.toLowerCase(),
  trace_id: ({ traceID }) => traceID,
}

export function admits({ matchers, lines }: LogFilter, record: LogRecord): boolean {
  const fits = ({ label, operator, value }: LogFilter['matchers'][number]): boolean => {
    const read = fields[label]
    if (!read) return true
    const own = read(record)
    if (operator === '=' || operator === '!=') return (own === value) === (operator === '=')
    return (
      new RegExp(`^(?:${value.replace(/^\(\?i\)/, '')})$`, value.startsWith('(?i)') ? 'i' : '').test(own) ===
      (operator === '=~')
    )
  }
  const contains = ({ operator, text }: LogFilter['lines'][number]): boolean => {
    if (operator === '|=' || operator === '!=') return record.body.includes(text) === (operator === '|=')
    return new RegExp(text).test(record.body) === (operator === '|~')
  }
  return matchers.every(fits) && lines.every(contains)
}

const severities = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/**
 * What of a filter the log API can look for itself, as its parameters: one service, one instance, the lowest severity, a part of the text.
 * It finds at least what the filter admits, so that what is rare does not drown in what is not asked for.
 * Severities are told by their numbers, which every OpenTelemetry SDK sends; a line without one has the lowest.
 */
export function askable({ matchers, lines }: LogFilter): Record<string, string> {
  const asked: Record<string, string> = {}
  for (const { label, operator, value } of matchers) {
    const names = operator === '=' ? [value] : operator === '=~' ? literalsOf(value) : undefined
    if (!names) continue
    // Services and instances are compared letter by letter.
    const only = names.length === 1 && !value.startsWith('(?i)') ? names[0] : undefined
    if (/^service(_name)?$/.test(label) && only) asked['service'] = only
    if (/^(service_instance_id|instance)$/.test(label) && only) asked['instance'] = only
    if (/^(severity_text|level|detected_level)$/.test(label)) {
      const lowest = Math.min(...names.map((each) => severities.indexOf(each.toLowerCase())))
      if (severities[lowest]) asked['severity'] = severities[lowest]
    }
  }
  const text = lines.find(({ operator }) => operator === '|=')?.text
  if (text) asked['q'] = text
  return asked
}

/** Of a pattern that lists words and nothing else: `warn|error`, `(orders|users)`; undefined for any other. */
function literalsOf(pattern: string): string[] | undefined {
  const list = /^(?:\(\?i\))?(?:\(([\w|-]+)\)|([\w|-]+))$/.exec(pattern)
  return list ? (list[1] ?? list[2] ?? '').split('|') : undefined
}

/** How many are looked through to find those that fit, of what the log API was able to choose. */
const LOOKED_THROUGH = 1000

/** The newest that fit; a remark where older ones may not have been looked at. */
export async function logFrames(
  target: TargetJson,
  context: { variables: Variables; startMs: number; endMs: number },
  signal: AbortSignal,
): Promise<{ frames: Frame[]; remarks: string[] }> {
  const scope = { ...context, stepMs: 5000, scrapeMs: 5000 }
  const filter = parseLogQuery(interpolateQuery(target.expr ?? '', context.variables, scope).text)
  const search = new URLSearchParams({
    start: String(Math.round(context.startMs * 1000)),
    end: String(Math.round(context.endMs * 1000)),
    limit: String(LOOKED_THROUGH),
    ...askable(filter),
  })
  const { data } = await getJson<{ data: LogRecord[] }>(`/jaeger/api/logs?${search}`, { signal })
  const maxLines = target.maxLines ?? 100
  const found = data.filter((record) => admits(filter, record)).slice(-maxLines)
  const isCut = data.length >= LOOKED_THROUGH && found.length < maxLines
  const column = (name: string, type: Field['type'], values: Field['values']): Field => ({
    name,
    type,
    values,
    labels: {},
  })
  const frame = {
    refId: target.refId,
    fields: [
      column(
        'Time',
        'time',
        found.map(({ timeUnixNano }) => Number(BigInt(timeUnixNano) / 1_000_000n)),
      ),
      column(
        'Line',
        'string',
        found.map(({ body }) => body),
      ),
      column(
        'severity',
        'string',
        found.map(({ severity }) => severity.toUpperCase()),
      ),
      column(
        'instance',
        'string',
        found.map(({ instance, service }) => instance || service),
      ),
      column(
        'traceID',
        'string',
        found.map(({ traceID }) => traceID),
      ),
    ],
  }
  return {
    frames: [frame],
    remarks: isCut ? [`only the newest ${LOOKED_THROUGH} lines of this time were looked through`] : [],
  }
}
