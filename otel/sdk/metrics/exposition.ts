// The two text formats of a scrape. prom-client writes OpenMetrics here, for its exemplars; who asks for the older format gets that
// text converted, since prom-client's registry can't be asked for both in turn.
// https://prometheus.io/docs/specs/om/open_metrics_spec/ and https://prometheus.io/docs/instrumenting/exposition_formats/

export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
export const CLASSIC_TEXT = 'text/plain; version=0.0.4; charset=utf-8'

/** Whether an `Accept` header names OpenMetrics with a weight above 0. Its weight against others' does not matter: exemplars win. */
export function acceptsOpenMetrics(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === 'application/openmetrics-text' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** Counters get their suffix in the head lines, exemplars and the end mark go. */
export function toClassicText(openMetrics: string): string {
  const lines: string[] = []
  let help = ''
  for (const line of openMetrics.split('\n')) {
    if (line === '# EOF') break
    if (line.startsWith('# HELP ')) help = line
    else if (line.startsWith('# TYPE ')) lines.push(...headLines(help, line))
    else lines.push(line.replace(/ # \{[^}]*\} \S+ \S+$/, ''))
  }
  return `${lines.join('\n')}\n`
}

function headLines(help: string, type: string): [string, string] {
  return type.endsWith(' counter') ? [withTotal(help), withTotal(type)] : [help, type]
}

function withTotal(line: string): string {
  return line.replace(/^(# \w+ \S+)/, '$1_total')
}
