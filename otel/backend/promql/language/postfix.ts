// What may follow a selector or subquery: `[range]`, `[range:step]`, `offset d`, `@ t`. They bind tighter than any operator.

import type { Expr, MatrixSelector, Subquery, TimeShift, VectorSelector } from './ast.ts'
import { isNumberAhead, readDurationMs, readNumber } from './literals.ts'
import type { TokenStream } from './token-stream.ts'

/** Beyond it milliseconds are no longer exact; some 285,000 years. */
const MAX_TIMESTAMP_S = 9e12

/** Reads one postfix; answers the operand itself when none follows. */
export function readPostfix(tokens: TokenStream, operand: Expr): Expr {
  if (tokens.is('[')) return readBrackets(tokens, operand)
  if (tokens.is('offset')) return readOffset(tokens, operand)
  if (tokens.is('@')) return readAt(tokens, operand)
  for (const word of ['anchored', 'smoothed']) {
    if (tokens.peek.kind === 'identifier' && tokens.peek.text.toLowerCase() === word) {
      throw tokens.error(tokens.peek.start, `the ${word} modifier is experimental and not supported`)
    }
  }
  return operand
}

function readBrackets(tokens: TokenStream, operand: Expr): MatrixSelector | Subquery {
  const bracket = tokens.take()
  const rangeMs = readPositive(tokens, 'subquery or range selector')
  if (tokens.takeIf(':')) {
    const stepMs = tokens.is(']') ? undefined : readPositive(tokens, 'subquery selector')
    tokens.expect(']', 'subquery selector', '"]"')
    const span = { start: operand.start, end: tokens.lastEnd }
    const step = stepMs === undefined ? {} : { stepMs }
    return { kind: 'subquery', expr: operand, rangeMs, ...step, offsetMs: 0, ...span }
  }
  tokens.expect(']', 'subquery or range', '":" or "]"')
  if (operand.kind !== 'vector-selector') {
    throw tokens.error(bracket.start, 'ranges only allowed for vector selectors')
  }
  if (operand.offsetMs !== 0) throw tokens.error(bracket.start, 'no offset modifiers allowed before range')
  if (operand.at !== undefined) throw tokens.error(bracket.start, 'no @ modifiers allowed before range')
  return { kind: 'matrix-selector', selector: operand, rangeMs, start: operand.start, end: tokens.lastEnd }
}

function readPositive(tokens: TokenStream, context: string): number {
  const { start } = tokens.peek
  const durationMs = readDurationMs(tokens, context)
  if (durationMs <= 0) throw tokens.error(start, 'duration must be greater than 0')
  return durationMs
}

function readOffset(tokens: TokenStream, operand: Expr): Expr {
  tokens.take()
  const negative = tokens.takeIf('-') !== undefined
  if (!negative) tokens.takeIf('+')
  const offsetMs = readDurationMs(tokens, 'offset') * (negative ? -1 : 1)
  const target = shiftable(operand)
  if (!target) {
    const where =
      'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery'
    throw tokens.error(operand.start, where)
  }
  if (target.offsetMs !== 0) throw tokens.error(operand.start, 'offset may not be set multiple times')
  return shift(operand, { offsetMs }, tokens.lastEnd)
}

function readAt(tokens: TokenStream, operand: Expr): Expr {
  tokens.take()
  const at = readTimestamp(tokens, operand)
  const target = shiftable(operand)
  if (!target) {
    const where = '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery'
    throw tokens.error(operand.start, where)
  }
  if (target.at !== undefined) throw tokens.error(operand.start, '@ <timestamp> may not be set multiple times')
  return shift(operand, { at }, tokens.lastEnd)
}

function readTimestamp(tokens: TokenStream, operand: Expr): number | 'start' | 'end' {
  const preprocessor = tokens.takeIf('start') ?? tokens.takeIf('end')
  if (preprocessor) {
    tokens.expect('(', '@', '"("')
    tokens.expect(')', '@', '")"')
    return preprocessor.name === 'start' ? 'start' : 'end'
  }
  const negative = tokens.takeIf('-') !== undefined
  if (!negative) tokens.takeIf('+')
  if (!isNumberAhead(tokens)) throw tokens.unexpected('@', 'timestamp')
  const seconds = readNumber(tokens).value * (negative ? -1 : 1)
  if (!(Math.abs(seconds) < MAX_TIMESTAMP_S)) {
    throw tokens.error(operand.start, `timestamp out of bounds for @ modifier: ${seconds}`)
  }
  return Math.round(seconds * 1000)
}

function shiftable(operand: Expr): VectorSelector | Subquery | undefined {
  if (operand.kind === 'matrix-selector') return operand.selector
  return operand.kind === 'vector-selector' || operand.kind === 'subquery' ? operand : undefined
}

function shift(operand: Expr, change: Partial<TimeShift>, end: number): Expr {
  if (operand.kind === 'matrix-selector') return { ...operand, selector: { ...operand.selector, ...change }, end }
  if (operand.kind === 'vector-selector' || operand.kind === 'subquery') return { ...operand, ...change, end }
  return operand
}
