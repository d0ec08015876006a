// Reads one target's expositions, scrape after scrape, in the text format 0.0.4 and in OpenMetrics 1.0.
// Targets repeat themselves: a line's series is recognised by comparing text with the line expected at that place, and parsed only
// when it is new. Refuses an exposition as a whole, at its first fault, and knows nothing of the store.
import { type LabelPair, labelsFromPairs } from '../../promql/labels.ts'
import { detached } from '../detached.ts'
import { parseGoFloat } from '../go-float.ts'
import { ExpositionError, errorAt } from './exposition-error.ts'
import { DEFAULT_LABEL_LIMITS, type LabelCursor, type LabelLimits, readLabels, readSeriesText } from './label-text.ts'
import { endOfSeriesText, holds, isSeparator, NEWLINE, SPACE, startsValue, TAB } from './line-text.ts'
import { MetadataTable } from './metadata-lines.ts'
import { growSamples, noSamples, type ParsedSamples } from './parsed-samples.ts'

export type ExpositionFormat = 'text' | 'openmetrics'

export interface ExpositionLimits extends LabelLimits {
  maxSamples: number
}

export const DEFAULT_EXPOSITION_LIMITS: ExpositionLimits = { ...DEFAULT_LABEL_LIMITS, maxSamples: 50_000 }

interface KnownLine<S> {
  /** The series as written, without the value. */
  readonly text: string
  readonly series: S
  /** Place among the samples of the exposition before. */
  position: number
  exemplarText: string
}

const HASH = 0x23
const EOF_LINE = '# EOF'
const EXEMPLAR_START = ' # {'
/** Of names and values together, by OpenMetrics. */
const MAX_EXEMPLAR_LABEL_LENGTH = 128

export class ExpositionParser<S> {
  readonly metadata = new MetadataTable()
  private readonly resolve: (pairs: readonly LabelPair[]) => S
  private readonly limits: ExpositionLimits
  private known = new Map<string, KnownLine<S>>()
  private order: KnownLine<S>[] = []
  private nextOrder: KnownLine<S>[] = []
  private comments: string[] = []
  private nextComments: string[] = []
  private newExemplars: { line: KnownLine<S>; text: string }[] = []
  private body = ''
  private position = 0
  private openMetrics = false
  private expected = 0
  private readonly samples = noSamples<S>()

  /** `resolve` makes the caller's own object for a series that has not been seen before. */
  constructor(resolve: (pairs: readonly LabelPair[]) => S, limits: ExpositionLimits = DEFAULT_EXPOSITION_LIMITS) {
    this.resolve = resolve
    this.limits = limits
  }

  /** Series texts remembered. */
  get knownCount(): number {
    return this.known.size
  }

  /** @throws ExpositionError */
  parse(body: string, format: ExpositionFormat): ParsedSamples<S> {
    this.begin(body, format)
    let ended = false
    while (this.position < body.length) {
      const char = body.charCodeAt(this.position)
      if (char === HASH) {
        if (this.readComment()) {
          ended = true
          break
        }
      } else if (char === NEWLINE && !this.openMetrics) this.position++
      else this.readSample()
    }
    if (this.openMetrics) {
      if (!ended) throw new ExpositionError('the exposition does not end with # EOF')
      if (this.position < body.length) throw errorAt(body, this.position, 'unexpected text after # EOF')
    }
    this.finish()
    return this.samples
  }

  private begin(body: string, format: ExpositionFormat): void {
    this.body = body
    this.position = 0
    const openMetrics = format === 'openmetrics'
    // What one format allows, the other may not: nothing that was recognised holds any more.
    if (openMetrics !== this.openMetrics) {
      this.known.clear()
      this.order = []
      this.comments = []
    }
    this.openMetrics = openMetrics
    this.expected = 0
    this.nextOrder = []
    this.nextComments = []
    this.newExemplars = []
    const { samples } = this
    samples.count = 0
    samples.exemplars.length = 0
    samples.exemplarsRefused = 0
  }

  private finish(): void {
    this.order = this.nextOrder
    this.comments = this.nextComments
    for (const { line, text } of this.newExemplars) line.exemplarText = text
    this.samples.series.length = this.samples.count
    this.body = ''
    // Forget series that have gone, once they are as many as those that are there.
    if (this.known.size > 2 * this.order.length + 16) {
      this.known = new Map(this.order.map((line) => [line.text, line]))
    }
  }

  /** Passes over a line that starts with `#`; true for the end of an OpenMetrics exposition. */
  private readComment(): boolean {
    const { body, position } = this
    const usual = this.comments[this.nextComments.length]
    if (usual !== undefined && holds(body, usual, position)) {
      this.nextComments.push(usual)
      this.position = position + usual.length
      return false
    }
    const newline = body.indexOf('\n', position)
    const end = newline < 0 ? body.length : newline
    if (this.openMetrics && body.startsWith(EOF_LINE, position) && end === position + EOF_LINE.length) {
      this.position = Math.min(end + 1, body.length)
      return true
    }
    this.metadata.readLine(body, position, end, this.openMetrics)
    this.position = Math.min(end + 1, body.length)
    if (newline >= 0) this.nextComments.push(detached(body.slice(position, this.position)))
    return false
  }

  private readSample(): void {
    if (!this.openMetrics && this.skipBlanks() && this.atLineEnd()) return
    const line = this.readSeries()
    const index = this.samples.count
    if (index >= this.limits.maxSamples) throw new ExpositionError(`more than ${this.limits.maxSamples} samples`)
    if (index === this.samples.values.length) growSamples(this.samples)
    line.position = index
    this.nextOrder.push(line)
    this.samples.series[index] = line.series
    this.separate('a value')
    this.samples.values[index] = this.readNumber('a value')
    this.samples.timestampsMs[index] = this.readTimestamp()
    if (this.openMetrics && this.body.startsWith(EXEMPLAR_START, this.position)) this.readExemplar(line)
    if (!this.openMetrics) this.skipBlanks()
    if (!this.atLineEnd()) throw errorAt(this.body, this.position, 'expected the end of the line')
    this.position++
    this.samples.count++
  }

  private readSeries(): KnownLine<S> {
    const { body, position } = this
    const usual = this.order[this.expected]
    if (usual !== undefined && holds(body, usual.text, position)) {
      const end = position + usual.text.length
      // Else it is only the beginning of a longer name.
      if (startsValue(body, end)) {
        this.expected++
        this.position = end
        return usual
      }
    }
    return this.readUnexpectedSeries()
  }

  private readUnexpectedSeries(): KnownLine<S> {
    const { body, position } = this
    const end = endOfSeriesText(body, position)
    let line = startsValue(body, end) ? this.known.get(body.slice(position, end)) : undefined
    if (line) this.position = end
    else line = this.readNewSeries()
    // Lines were added or removed before this one: go on expecting what followed it.
    if (this.order[line.position] === line) this.expected = line.position + 1
    return line
  }

  private readNewSeries(): KnownLine<S> {
    const { body, position, limits } = this
    const strict = this.openMetrics
    const cursor: LabelCursor = { body, position, strict }
    readSeriesText(cursor, limits)
    this.position = cursor.position
    const text = detached(body.slice(position, cursor.position))
    const known = this.known.get(text)
    if (known) return known
    // Read again, so that names and values are parts of the short text and not of the whole exposition.
    const pairs = readSeriesText({ body: text, position: 0, strict }, limits)
    const line: KnownLine<S> = { text, series: this.resolve(pairs), position: -1, exemplarText: '' }
    this.known.set(text, line)
    return line
  }

  private separate(what: string): void {
    const start = this.position
    if (this.openMetrics) {
      if (this.body.charCodeAt(start) !== SPACE) throw errorAt(this.body, start, `expected a space and ${what}`)
      this.position++
    } else this.skipBlanks()
  }

  private readNumber(what: string): number {
    const { body, position } = this
    let at = position
    let integer = 0
    for (; ; at++) {
      const digit = body.charCodeAt(at) - 0x30
      if (!(digit >= 0 && digit <= 9)) break
      integer = integer * 10 + digit
    }
    if (at > position && at - position <= 15 && isSeparator(body.charCodeAt(at))) {
      this.position = at
      return integer
    }
    while (!isSeparator(body.charCodeAt(at))) at++
    const value = parseGoFloat(body.slice(position, at))
    if (value === undefined) throw errorAt(body, position, `expected ${what}`)
    this.position = at
    return value
  }

  private readTimestamp(): number {
    const { body, openMetrics } = this
    if (!openMetrics) this.skipBlanks()
    if (this.atLineEnd() || body.startsWith(' # ', this.position)) return Number.NaN
    if (openMetrics) this.separate('a timestamp')
    const start = this.position
    const value = this.readNumber('a timestamp')
    // Milliseconds in the text format, seconds in OpenMetrics.
    const milliseconds = openMetrics ? Math.trunc(value * 1000) : value
    if (!Number.isSafeInteger(milliseconds)) throw errorAt(body, start, 'expected a timestamp')
    return milliseconds
  }

  private readExemplar(line: KnownLine<S>): void {
    const { body } = this
    const start = this.position
    const newline = body.indexOf('\n', start)
    const end = newline < 0 ? body.length : newline
    if (line.exemplarText !== '' && line.exemplarText.length === end - start && holds(body, line.exemplarText, start)) {
      this.position = end
      return
    }
    const cursor: LabelCursor = { body, position: start + EXEMPLAR_START.length - 1, strict: true }
    readLabels(cursor, this.limits, [])
    this.position = cursor.position
    this.separate("an exemplar's value")
    const value = this.readNumber("an exemplar's value")
    const timestampMs = this.readTimestamp()
    const text = detached(body.slice(start, this.position))
    this.newExemplars.push({ line, text })
    const pairs: LabelPair[] = []
    readLabels({ body: text, position: EXEMPLAR_START.length - 1, strict: true }, this.limits, pairs)
    if (labelLength(pairs) > MAX_EXEMPLAR_LABEL_LENGTH) {
      this.samples.exemplarsRefused++
      return
    }
    const exemplar = {
      labels: labelsFromPairs(pairs),
      value,
      timestampMs: Number.isNaN(timestampMs) ? undefined : timestampMs,
    }
    this.samples.exemplars.push({ series: line.series, exemplar })
  }

  /** Always true, for use in conditions. */
  private skipBlanks(): true {
    for (;;) {
      const char = this.body.charCodeAt(this.position)
      if (char !== SPACE && char !== TAB) return true
      this.position++
    }
  }

  private atLineEnd(): boolean {
    return this.position >= this.body.length || this.body.charCodeAt(this.position) === NEWLINE
  }
}

function labelLength(pairs: readonly LabelPair[]): number {
  let length = 0
  for (const [name, value] of pairs) length += [...name].length + [...value].length
  return length
}
