// PromQL text to a checked syntax tree: a Pratt parser. Bounded in length and in depth, so that no query exhausts the stack.

import {
  AGGREGATORS,
  type Aggregate,
  type AggregateOperator,
  type Binary,
  type Expr,
  type VectorMatching,
} from './ast.ts'
import { checkTypes } from './check.ts'
import { isNumberAhead, readLabelList, readNumber, readString } from './literals.ts'
import { isBinaryOperator, PRECEDENCE, UNARY_PRECEDENCE } from './operators.ts'
import { parseError } from './parse-error.ts'
import { readPostfix } from './postfix.ts'
import { isMetricName, readSelector } from './selector.ts'
import { refusalOfFunction } from './signatures.ts'
import { UNSUPPORTED_AGGREGATORS } from './token.ts'
import { createTokenStream, type TokenStream } from './token-stream.ts'
import { depthOf } from './walk.ts'

export const MAX_QUERY_LENGTH = 100_000
/** Levels of the syntax tree. A sum of n terms has n levels. */
export const MAX_DEPTH = 400
const TOO_DEEP = `expression is nested deeper than ${MAX_DEPTH} levels`

/**
 * Parses and type-checks an expression.
 * @throws QueryError `bad_data`, its message beginning with "line:column: parse error: ".
 */
export function parseQuery(query: string): Expr {
  if (query.length > MAX_QUERY_LENGTH) throw parseError(query, 0, `query is longer than ${MAX_QUERY_LENGTH} characters`)
  const tokens = createTokenStream(query)
  if (isAtEnd(tokens)) throw parseError(query, 0, 'no expression found in input')
  const expr = readExpression(tokens, 0, 0)
  if (!isAtEnd(tokens)) throw tokens.unexpected()
  if (depthOf(expr) > MAX_DEPTH) throw parseError(query, 0, TOO_DEEP)
  checkTypes(expr, query)
  return expr
}

function isAtEnd(tokens: TokenStream): boolean {
  return tokens.peek.kind === 'end'
}

/** Reads operators that bind tighter than `above`. `depth` counts the calls of this function over this one. */
function readExpression(tokens: TokenStream, above: number, depth: number): Expr {
  if (depth > MAX_DEPTH) throw tokens.error(tokens.peek.start, TOO_DEEP)
  let left = readUnary(tokens, depth + 1)
  for (;;) {
    const { kind, name } = tokens.peek
    if (kind !== 'operator' || !isBinaryOperator(name)) return left
    const precedence = PRECEDENCE[name]
    if (precedence <= above) return left
    left = readBinary(tokens, left, depth + 1)
  }
}

function readUnary(tokens: TokenStream, depth: number): Expr {
  const sign = tokens.takeIf('-') ?? tokens.takeIf('+')
  if (!sign) return readOperand(tokens, depth)
  const expr = readExpression(tokens, UNARY_PRECEDENCE, depth)
  if (expr.kind === 'number') return { ...expr, value: sign.name === '-' ? -expr.value : expr.value, start: sign.start }
  return { kind: 'unary', operator: sign.name === '-' ? '-' : '+', expr, start: sign.start, end: expr.end }
}

function readOperand(tokens: TokenStream, depth: number): Expr {
  let operand = readPrimary(tokens, depth)
  for (;;) {
    const next = readPostfix(tokens, operand)
    if (next === operand) return operand
    operand = next
  }
}

function readPrimary(tokens: TokenStream, depth: number): Expr {
  if (isNumberAhead(tokens)) return readNumber(tokens)
  if (tokens.peek.kind === 'string') return { kind: 'string', ...readString(tokens) }
  if (tokens.is('{')) return readSelector(tokens)
  const paren = tokens.takeIf('(')
  if (paren) {
    const expr = readExpression(tokens, 0, depth)
    tokens.expect(')', '', '')
    return { kind: 'paren', expr, start: paren.start, end: tokens.lastEnd }
  }
  if (!isMetricName(tokens.peek)) throw tokens.unexpected()
  const word = tokens.take()
  const isAggregation = tokens.is('(') || tokens.is('by') || tokens.is('without')
  if (word.kind === 'aggregator' && isAggregation) return readAggregate(tokens, word.name, word.start, depth)
  if (tokens.is('(') && (word.kind === 'identifier' || word.kind === 'keyword')) {
    const refusal = refusalOfFunction(word.text)
    if (refusal) throw tokens.error(word.start, refusal)
    return { kind: 'call', name: word.text, args: readArguments(tokens, depth), start: word.start, end: tokens.lastEnd }
  }
  return readSelector(tokens, word)
}

function readArguments(tokens: TokenStream, depth: number): Expr[] {
  tokens.expect('(', 'aggregation', '')
  const args: Expr[] = []
  if (tokens.takeIf(')')) return args
  for (;;) {
    args.push(readExpression(tokens, 0, depth))
    if (tokens.takeIf(')')) return args
    const comma = tokens.expect(',', '', '')
    if (tokens.is(')')) throw tokens.error(comma.start, 'trailing commas not allowed in function call args')
  }
}

function readAggregate(tokens: TokenStream, name: string, start: number, depth: number): Aggregate {
  let modifier = readGroupModifier(tokens)
  const args = readArguments(tokens, depth)
  modifier ??= readGroupModifier(tokens)
  const span = { start, end: tokens.lastEnd }
  if (UNSUPPORTED_AGGREGATORS.has(name)) throw tokens.error(start, `${name}() is experimental and not supported`)
  if (!isAggregator(name)) throw tokens.error(start, `unknown aggregation ${name}`)
  const wanted = name === 'topk' || name === 'bottomk' || name === 'quantile' || name === 'count_values' ? 2 : 1
  if (args.length === 0) throw tokens.error(start, 'no arguments for aggregate expression provided')
  const expr = args[wanted - 1]
  if (!expr || args.length !== wanted) {
    const counts = `expected ${wanted}, got ${args.length}`
    throw tokens.error(start, `wrong number of arguments for aggregate expression provided, ${counts}`)
  }
  const { grouping = [], without = false } = modifier ?? {}
  const param = wanted === 2 && args[0] ? { param: args[0] } : {}
  return { kind: 'aggregate', operator: name, expr, ...param, grouping, without, ...span }
}

function isAggregator(name: string): name is AggregateOperator {
  return (AGGREGATORS as readonly string[]).includes(name)
}

function readGroupModifier(tokens: TokenStream): { grouping: string[]; without: boolean } | undefined {
  const word = tokens.takeIf('by') ?? tokens.takeIf('without')
  return word && { grouping: readLabelList(tokens), without: word.name === 'without' }
}

function readBinary(tokens: TokenStream, left: Expr, depth: number): Binary {
  const token = tokens.take()
  const operator = token.name
  if (!isBinaryOperator(operator)) throw tokens.unexpected()
  const returnBool = tokens.takeIf('bool') !== undefined
  const matching = readMatching(tokens)
  const precedence = PRECEDENCE[operator]
  const right = readExpression(tokens, operator === '^' ? precedence - 1 : precedence, depth)
  const span = { operatorStart: token.start, start: left.start, end: right.end }
  return { kind: 'binary', operator, left, right, returnBool, matching, ...span }
}

function readMatching(tokens: TokenStream): VectorMatching {
  const word = tokens.takeIf('on') ?? tokens.takeIf('ignoring')
  const on = word?.name === 'on'
  const labels = word ? readLabelList(tokens) : []
  const side = word && (tokens.takeIf('group_left') ?? tokens.takeIf('group_right'))
  const include = side && tokens.is('(') ? readLabelList(tokens) : []
  const group = side ? { group: side.name === 'group_left' ? ('left' as const) : ('right' as const) } : {}
  if (tokens.peek.kind === 'identifier' && /^fill(_left|_right)?$/i.test(tokens.peek.text)) refuseFill(tokens)
  return { on, labels, ...group, include }
}

/** `fill` is a metric's name unless a parenthesis follows; only then is it the experimental modifier. */
function refuseFill(tokens: TokenStream): void {
  const { start, text } = tokens.peek
  if (tokens.isBeforeParen()) throw tokens.error(start, `the ${text} modifier is experimental and not supported`)
}
