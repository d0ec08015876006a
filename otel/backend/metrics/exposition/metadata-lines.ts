// HELP, TYPE and UNIT of the metric families of one target.
import { detached } from '../detached.ts'
import { errorAt } from './exposition-error.ts'

export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown'

export interface FamilyMetadata {
  type: MetricType
  help: string
  unit: string
}

const TEXT_TYPES: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  untyped: 'unknown',
}

const OPENMETRICS_TYPES: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gaugehistogram: 'gaugehistogram',
  summary: 'summary',
  info: 'info',
  stateset: 'stateset',
  unknown: 'unknown',
}

const LINE = /^#[ \t]+(HELP|TYPE|UNIT)[ \t]+([a-zA-Z_:][a-zA-Z0-9_:]*)(?:[ \t](.*))?$/
const KEYWORD = /^#[ \t]+(HELP|TYPE|UNIT)[ \t]/
const MAX_HELP_LENGTH = 1024
const MAX_FAMILIES = 5000

export class MetadataTable {
  readonly families = new Map<string, FamilyMetadata>()

  /** Reads a line that starts with `#`; plain comments are passed over, in OpenMetrics they are errors. */
  readLine(body: string, start: number, end: number, openMetrics: boolean): void {
    const line = detached(body.slice(start, end))
    const match = LINE.exec(line)
    if (!match) {
      if (openMetrics || KEYWORD.test(line)) throw errorAt(body, start, 'expected # HELP, # TYPE or # UNIT')
      return
    }
    const [, keyword, name = '', text = ''] = match
    if (keyword === 'UNIT' && !openMetrics) return
    const family = this.families.get(name) ?? { type: 'unknown', help: '', unit: '' }
    if (keyword === 'TYPE') {
      const type = (openMetrics ? OPENMETRICS_TYPES : TEXT_TYPES)[text.trim()]
      if (!type) throw errorAt(body, start, `unknown metric type ${JSON.stringify(text.trim())}`)
      family.type = type
    } else if (keyword === 'HELP') family.help = unescapeHelp(text.slice(0, MAX_HELP_LENGTH), openMetrics)
    else family.unit = text
    if (this.families.has(name) || this.families.size < MAX_FAMILIES) this.families.set(name, family)
  }
}

function unescapeHelp(text: string, openMetrics: boolean): string {
  return text.replace(openMetrics ? /\\(["\\n])/g : /\\([\\n])/g, (_escape, char: string) =>
    char === 'n' ? '\n' : char,
  )
}
