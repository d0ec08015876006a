// Vector selectors: `name{label="value", …}` and, since version 3, `{"quoted name", …}`.

import { METRIC_NAME } from '../labels.ts'
import { createMatcher, type Matcher, type MatchOperator } from '../matcher.ts'
import { QueryError } from '../query-error.ts'
import type { VectorSelector } from './ast.ts'
import { readString } from './literals.ts'
import type { Token } from './token.ts'
import type { TokenStream } from './token-stream.ts'

/** Words that may name a metric where an operand is expected, although they mean something elsewhere. */
const KEYWORD_NAMES: ReadonlySet<string> = new Set(['by', 'without', 'offset', 'start', 'end', 'and', 'or', 'unless'])

export function isMetricName(token: Token): boolean {
  if (token.kind === 'identifier' || token.kind === 'metric-identifier' || token.kind === 'aggregator') return true
  return KEYWORD_NAMES.has(token.name) && (token.kind === 'keyword' || token.kind === 'operator')
}

/** Reads a selector. `nameToken` has been taken already; without it, the next token is the left brace. */
export function readSelector(tokens: TokenStream, nameToken?: Token): VectorSelector {
  const start = nameToken?.start ?? tokens.peek.start
  const inBraces = tokens.is('{') ? readBraces(tokens) : { matchers: [], quotedName: undefined }
  const name = nameToken?.text ?? inBraces.quotedName ?? ''
  const matchers = [...inBraces.matchers]
  if (name !== '') {
    const second = matchers.find((matcher) => matcher.name === METRIC_NAME)
    const secondName = nameToken && inBraces.quotedName !== undefined ? inBraces.quotedName : second?.value
    if (secondName !== undefined) {
      throw tokens.error(
        start,
        `metric name must not be set twice: ${JSON.stringify(name)} or ${JSON.stringify(secondName)}`,
      )
    }
    matchers.push(createMatcher(METRIC_NAME, '=', name))
  }
  return { kind: 'vector-selector', name, matchers, offsetMs: 0, start, end: tokens.lastEnd }
}

function readBraces(tokens: TokenStream): { matchers: Matcher[]; quotedName: string | undefined } {
  const context = 'label matching'
  tokens.take()
  const matchers: Matcher[] = []
  let quotedName: string | undefined
  while (!tokens.takeIf('}')) {
    const label = readLabel(tokens, context)
    if (label.quoted && (tokens.is(',') || tokens.is('}'))) {
      if (quotedName !== undefined) {
        const names = `${JSON.stringify(quotedName)} or ${JSON.stringify(label.name)}`
        throw tokens.error(label.start, `metric name must not be set twice: ${names}`)
      }
      quotedName = label.name
    } else {
      matchers.push(readMatcher(tokens, label.name, label.start, context))
    }
    if (!tokens.is('}')) tokens.expect(',', context, '"," or "}"')
  }
  return { matchers, quotedName }
}

function readLabel(tokens: TokenStream, context: string): { name: string; quoted: boolean; start: number } {
  if (tokens.peek.kind === 'string') {
    const { value, start } = readString(tokens)
    return { name: value, quoted: true, start }
  }
  if (tokens.peek.kind !== 'identifier') throw tokens.unexpected(context, 'identifier or "}"')
  const { text, start } = tokens.take()
  return { name: text, quoted: false, start }
}

function readMatcher(tokens: TokenStream, name: string, start: number, context: string): Matcher {
  const operator = tokens.peek.text
  if (!isMatchOperator(operator)) throw tokens.unexpected(context, 'label matching operator')
  tokens.take()
  if (tokens.peek.kind !== 'string') throw tokens.unexpected(context, 'string')
  const { value } = readString(tokens)
  try {
    return createMatcher(name, operator, value)
  } catch (error) {
    throw error instanceof QueryError ? tokens.error(start, error.message) : error
  }
}

function isMatchOperator(text: string): text is MatchOperator {
  return text === '=' || text === '!=' || text === '=~' || text === '!~'
}
