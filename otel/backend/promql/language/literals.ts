// Numbers, durations, strings and label lists: the leaves that several rules share.

import type { NumberLiteral } from './ast.ts'
import { parseDurationMs } from './duration.ts'
import { parseNumber } from './number.ts'
import { unquote } from './string-literal.ts'
import type { TokenStream } from './token-stream.ts'

/** A number, or a duration as its seconds. The next token must be one of them. */
export function readNumber(tokens: TokenStream): NumberLiteral {
  const { kind, text, start, end } = tokens.take()
  if (kind === 'duration') {
    const durationMs = parseDurationMs(text)
    if (durationMs === undefined) throw tokens.error(start, `not a valid duration string: ${JSON.stringify(text)}`)
    return { kind: 'number', value: durationMs / 1000, isDuration: true, start, end }
  }
  const value = parseNumber(text)
  if (value === undefined) throw tokens.error(start, `error parsing number: ${JSON.stringify(text)}: invalid syntax`)
  return { kind: 'number', value, isDuration: false, start, end }
}

export function isNumberAhead(tokens: TokenStream): boolean {
  return tokens.peek.kind === 'number' || tokens.peek.kind === 'duration'
}

export function readString(tokens: TokenStream): { value: string; start: number; end: number } {
  const { text, start, end } = tokens.take()
  const result = unquote(text)
  if ('error' in result) throw tokens.error(start, result.error)
  return { value: result.value, start, end }
}

/** A range, step or offset in milliseconds: a duration, or a number of seconds (new in version 3). */
export function readDurationMs(tokens: TokenStream, context: string): number {
  if (!isNumberAhead(tokens)) throw tokens.unexpected(context, 'duration')
  const { value, start } = readNumber(tokens)
  const durationMs = Math.round(value * 1000)
  if (!(Math.abs(durationMs) <= 9_223_372_036_854)) throw tokens.error(start, 'duration out of range')
  if (tokens.peek.kind === 'operator' && /[-+*/%^]/.test(tokens.peek.text) && context !== 'offset') {
    throw tokens.error(tokens.peek.start, 'duration expressions are experimental and not supported')
  }
  return durationMs
}

/** `(a, b, "quoted.name",)` after by, without, on, ignoring, group_left, group_right. */
export function readLabelList(tokens: TokenStream): string[] {
  const context = 'grouping opts'
  tokens.expect('(', context, '"("')
  const labels: string[] = []
  while (!tokens.takeIf(')')) {
    labels.push(readLabelName(tokens, context))
    if (!tokens.is(')')) tokens.expect(',', context, '"," or ")"')
  }
  return labels
}

function readLabelName(tokens: TokenStream, context: string): string {
  const { kind, text } = tokens.peek
  if (kind === 'string') {
    const { value, start } = readString(tokens)
    if (value === '') throw tokens.error(start, 'unexpected "" in grouping opts, expected label')
    return value
  }
  const isWord = /^[A-Za-z_]\w*$/.test(text)
  if (!isWord) throw tokens.unexpected(context, 'label')
  tokens.take()
  return text
}
