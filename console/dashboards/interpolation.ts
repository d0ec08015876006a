// Puts values in the place of variables, in queries and in links, as Grafana does: `$name`, `[[name]]`, `${name}`, `${name:format}`,
// the built-in ones of time, and `${__field.labels.x}` in data links. A name without a value stays as it stands, and is told.

/** Values of a variable; `all` when everything is meant: `allValue`, if there is one, stands for it then. */
export type Chosen = { values: readonly string[]; all: boolean; allValue?: string; multi: boolean }
export type Variables = Readonly<Record<string, Chosen>>

export type TimeScope = { startMs: number; endMs: number; stepMs: number; scrapeMs: number }

const pattern = /\[\[(\w+)(?::(\w+))?\]\]|\$(?:(\w+)|\{([\w.]+(?:\["[^"\]]*"\])?)(?::([\w:]+))?\})/g

export type Interpolated = { text: string /** Names for which there is no value. */; unknown: readonly string[] }

/** For a query of Prometheus: several values become a pattern, single ones too where the variable may have several. */
export function interpolateQuery(text: string, variables: Variables, scope: TimeScope): Interpolated {
  return replace(text, (name, format) => {
    const builtIn = timeValue(name, scope)
    if (builtIn !== undefined) return builtIn
    const chosen = variables[name]
    return chosen && asFormat(chosen, format ?? 'prometheus')
  })
}

/** For a text that people read, such as a title. */
export function interpolateText(text: string, variables: Variables): string {
  return replace(text, (name, format) => {
    const chosen = variables[name]
    if (!chosen) return undefined
    if (chosen.all && format === undefined) return 'All'
    return asFormat(chosen, format ?? 'text')
  }).text
}

/** What a data link may name beside the variables: the value it is of, its field and its row. */
export type LinkScope = {
  variables: Variables
  startMs: number
  endMs: number
  value?: { raw: string; text?: string; timeMs?: number }
  field?: { name: string; labels: Readonly<Record<string, string>> }
  /** The other fields of the row. */
  row?: Readonly<Record<string, string>>
}

/** For the address of a link: every value is encoded, several values of a variable become several parameters. */
export function interpolateLink(url: string, scope: LinkScope): string {
  const { variables, value, field, row } = scope
  const range = `from=${scope.startMs}&to=${scope.endMs}`
  return replace(url, (name, format) => {
    const encode = (text: string | undefined): string =>
      format === 'raw' ? (text ?? '') : encodeURIComponent(text ?? '')
    if (name === '__url_time_range') return range
    if (name === '__from') return String(scope.startMs)
    if (name === '__to') return String(scope.endMs)
    if (name === '__all_variables') return allVariables(variables)
    if (name === '__value.raw') return encode(value?.raw)
    if (name === '__value.text') return encode(value?.text ?? value?.raw)
    if (name === '__value.time') return String(value?.timeMs ?? '')
    if (name === '__field.name' || name === '__series.name') return encode(field?.name)
    const label = /^__field\.labels(?:\.(.+)|\["(.+)"\])$/.exec(name)
    if (label) return encode(field?.labels[label[1] ?? label[2] ?? ''])
    const cell = /^__data\.fields(?:\.(.+)|\["(.+)"\])$/.exec(name)
    if (cell) return encode(row?.[cell[1] ?? cell[2] ?? ''])
    const chosen = variables[name]
    return chosen && (format === 'queryparam' ? parametersOf(name, chosen) : encode(asFormat(chosen, format ?? 'text')))
  }).text
}

/** `var-name=…` of every variable, as Grafana's addresses have them. */
export function allVariables(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, chosen]) => parametersOf(name, chosen))
    .join('&')
}

function parametersOf(name: string, chosen: Chosen): string {
  const values = chosen.all ? ['$__all'] : chosen.values
  return values.map((value) => `var-${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
}

type Lookup = (name: string, format: string | undefined) => string | undefined

function replace(text: string, lookup: Lookup): Interpolated {
  const unknown: string[] = []
  const result = text.replace(pattern, (match, old, oldFormat, bare, braced, format) => {
    const name: string = old ?? bare ?? braced
    // `label_replace` has `$1`.
    if (/^\d+$/.test(name)) return match
    const value = lookup(name, format ?? oldFormat)
    if (value !== undefined) return value
    unknown.push(name)
    return match
  })
  return { text: result, unknown }
}

function timeValue(name: string, { startMs, endMs, stepMs, scrapeMs }: TimeScope): string | undefined {
  const rangeMs = endMs - startMs
  switch (name) {
    case '__interval':
      return promDuration(stepMs)
    case '__interval_ms':
      return String(stepMs)
    case '__rate_interval':
      return promDuration(rateIntervalMs(stepMs, scrapeMs))
    case '__rate_interval_ms':
      return String(rateIntervalMs(stepMs, scrapeMs))
    case '__range':
      return `${Math.round(rangeMs / 1000)}s`
    case '__range_s':
      return String(Math.round(rangeMs / 1000))
    case '__range_ms':
      return String(Math.round(rangeMs))
    case '__from':
      return String(startMs)
    case '__to':
      return String(endMs)
    default:
      return undefined
  }
}

/** At least four scrapes, so that a rate survives a scrape that fails: https://grafana.com/blog/2020/09/28/ */
export function rateIntervalMs(stepMs: number, scrapeMs: number): number {
  return Math.max(stepMs + scrapeMs, 4 * scrapeMs)
}

function promDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}

function asFormat(chosen: Chosen, format: string): string | undefined {
  const { values, all, allValue, multi } = chosen
  // What `allValue` says is a pattern, which is written as it is.
  if (all && allValue !== undefined && format !== 'text') return allValue
  switch (format) {
    case 'prometheus':
      return multi || all ? alternatives(values.map(escapeForMatcher)) : (values[0] ?? '')
    case 'regex':
      return alternatives(values.map(escapeRegex))
    case 'pipe':
      return values.join('|')
    case 'csv':
      return values.join(',')
    case 'json':
      return JSON.stringify(values)
    case 'doublequote':
      return values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(',')
    case 'singlequote':
      return values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(',')
    case 'percentencode':
      return encodeURIComponent(values.join(','))
    case 'raw':
      return values.join(',')
    case 'text':
      return values.join(' + ')
    default:
      return undefined
  }
}

function alternatives(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`
}

/** A pattern within the quotes of a matcher, where a backslash is written twice. */
function escapeForMatcher(value: string): string {
  return value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&')
}

function escapeRegex(value: string): string {
  return value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&')
}
