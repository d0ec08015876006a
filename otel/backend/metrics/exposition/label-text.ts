// The labels of a series or an exemplar as an exposition writes them: name{a="b",c="d"}.
import { type LabelPair, METRIC_NAME } from '../../promql/labels.ts'
import { errorAt } from './exposition-error.ts'

export interface LabelLimits {
  maxLabels: number
  maxNameLength: number
  maxValueLength: number
}

export const DEFAULT_LABEL_LIMITS: LabelLimits = { maxLabels: 64, maxNameLength: 256, maxValueLength: 4096 }

/** A cursor over the exposition; `strict` (OpenMetrics) allows no blanks between tokens. */
export interface LabelCursor {
  readonly body: string
  readonly strict: boolean
  position: number
}

const METRIC_NAME_TEXT = /[a-zA-Z_:][a-zA-Z0-9_:]*/y
const LABEL_NAME_TEXT = /[a-zA-Z_][a-zA-Z0-9_]*/y

/** Reads `name` or `name{…}` and leaves the cursor behind it. The name is the pair `__name__`; pairs are in order of appearance. */
export function readSeriesText(cursor: LabelCursor, limits: LabelLimits): LabelPair[] {
  const name = matchAt(METRIC_NAME_TEXT, cursor)
  if (name === '') throw errorAt(cursor.body, cursor.position, 'expected a metric name')
  if (name.length > limits.maxNameLength) throw tooLong(cursor, 'metric name', limits.maxNameLength)
  cursor.position += name.length
  const pairs: LabelPair[] = [[METRIC_NAME, name]]
  const beforeBlanks = cursor.position
  skipBlanks(cursor)
  if (cursor.body[cursor.position] !== '{') {
    cursor.position = beforeBlanks
    return pairs
  }
  readLabels(cursor, limits, pairs)
  return pairs
}

/** Reads `{a="b",…}` (a trailing comma is allowed), adds the pairs, and leaves the cursor behind the brace. */
export function readLabels(cursor: LabelCursor, limits: LabelLimits, pairs: LabelPair[]): void {
  const { body } = cursor
  const names = new Set(pairs.map(([name]) => name))
  cursor.position++
  skipBlanks(cursor)
  while (body[cursor.position] !== '}') {
    const name = matchAt(LABEL_NAME_TEXT, cursor)
    if (name === '') throw errorAt(body, cursor.position, 'expected a label name or "}"')
    if (name.length > limits.maxNameLength) throw tooLong(cursor, 'label name', limits.maxNameLength)
    if (names.has(name)) throw errorAt(body, cursor.position, `label ${name} stands twice`)
    names.add(name)
    if (names.size - 1 > limits.maxLabels) {
      throw errorAt(body, cursor.position, `more than ${limits.maxLabels} labels`)
    }
    cursor.position += name.length
    skipBlanks(cursor)
    expectChar(cursor, '=')
    skipBlanks(cursor)
    pairs.push([name, readQuoted(cursor, limits)])
    skipBlanks(cursor)
    if (body[cursor.position] === '}') break
    expectChar(cursor, ',')
    skipBlanks(cursor)
  }
  cursor.position++
}

function readQuoted(cursor: LabelCursor, limits: LabelLimits): string {
  const { body } = cursor
  expectChar(cursor, '"')
  const start = cursor.position
  let at = start
  let escaped = false
  for (; ; at++) {
    const char = body.charCodeAt(at)
    if (char === 0x22) break
    if (Number.isNaN(char) || char === 0x0a) throw errorAt(body, start - 1, 'label value without a closing quote')
    if (char === 0x5c) {
      escaped = true
      at++
    }
  }
  cursor.position = at + 1
  const text = body.slice(start, at)
  if (text.length > limits.maxValueLength) throw tooLong(cursor, 'label value', limits.maxValueLength)
  return escaped ? unescapeLabelValue(text) : text
}

/** `\\`, `\"` and `\n` are escapes; before any other character a backslash stands for itself. */
export function unescapeLabelValue(text: string): string {
  return text.replace(/\\(["\\n])/g, (_escape, char: string) => (char === 'n' ? '\n' : char))
}

function matchAt(pattern: RegExp, cursor: LabelCursor): string {
  pattern.lastIndex = cursor.position
  return pattern.exec(cursor.body)?.[0] ?? ''
}

function expectChar(cursor: LabelCursor, char: string): void {
  if (cursor.body[cursor.position] !== char) throw errorAt(cursor.body, cursor.position, `expected ${char}`)
  cursor.position++
}

function skipBlanks(cursor: LabelCursor): void {
  if (cursor.strict) return
  for (;;) {
    const char = cursor.body.charCodeAt(cursor.position)
    if (char !== 0x20 && char !== 0x09) return
    cursor.position++
  }
}

function tooLong(cursor: LabelCursor, what: string, limit: number): Error {
  return errorAt(cursor.body, cursor.position, `${what} longer than ${limit} characters`)
}
