// Puts values in the place of variables in queries, as Grafana's Prometheus data source does. The forms that our dashboards keep to:
// `$name`, `${name}`, `${name:regex}`, and the built-in ones of time. Refuses what it does not know: a query must not be sent half filled in.

/** Of a variable: one value, several, or all by what `allValue` says. */
export type Chosen = string | readonly string[] | { allValue: string }

export type TimeScope = { startMs: number; endMs: number; stepMs: number }

/** Scrapes come at least this often. */
const SCRAPE_INTERVAL_S = 5

const pattern = /\$(?:(\w+)|\{(\w+)(?::(\w+))?\})/g

/** @throws Error that names a variable without a value, or a format that is not known */
export function interpolate(text: string, variables: Readonly<Record<string, Chosen>>, scope: TimeScope): string {
  return text.replace(pattern, (match, bare: string | undefined, braced = '', format?: string) => {
    const name = bare ?? braced
    // Label replacement has `$1`.
    if (/^\d+$/.test(name)) return match
    const builtIn = builtInValue(name, scope)
    if (builtIn !== undefined) return builtIn
    const chosen = variables[name]
    if (chosen === undefined) throw new Error(`no value for ${match} in ${text}`)
    return toText(chosen, format)
  })
}

function builtInValue(name: string, { startMs, endMs, stepMs }: TimeScope): string | undefined {
  const stepS = stepMs / 1000
  switch (name) {
    case '__interval':
      return `${stepS}s`
    case '__rate_interval':
      return `${Math.max(stepS + SCRAPE_INTERVAL_S, 4 * SCRAPE_INTERVAL_S)}s`
    case '__range':
      return `${Math.round((endMs - startMs) / 1000)}s`
    case '__from':
      return String(startMs)
    case '__to':
      return String(endMs)
    default:
      return undefined
  }
}

function toText(chosen: Chosen, format: string | undefined): string {
  if (format !== undefined && format !== 'regex') throw new Error(`the format ${format} is not known`)
  const escaped = format === 'regex' ? escapeRegex : escapeForMatcher
  if (typeof chosen === 'string') return escaped(chosen)
  // What `allValue` says is a pattern already.
  if ('allValue' in chosen) return chosen.allValue
  const values = chosen.map(escaped)
  return values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`
}

/** For a pattern inside of the quotes of a matcher: backslashes count twice there. */
function escapeForMatcher(value: string): string {
  return value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&')
}

function escapeRegex(value: string): string {
  return value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&')
}
