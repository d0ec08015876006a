// The parser's view of the tokens: one ahead, with errors that say what was expected where.

import type { QueryError } from '../query-error.ts'
import { createLexer } from './lexer.ts'
import { parseError } from './parse-error.ts'
import { describeToken, type Token, type TokenKind } from './token.ts'

export interface TokenStream {
  /** The next token, not yet taken. */
  readonly peek: Token
  /** Where the last taken token ended. */
  readonly lastEnd: number
  take(): Token
  /** Takes the next token when it is this punctuation, keyword or operator. */
  takeIf(name: string): Token | undefined
  /** Takes the next token, which must be this punctuation; `context` and `expected` go into the error. */
  expect(name: string, context: string, expected: string): Token
  is(name: string): boolean
  /** Whether a left parenthesis stands right after the next token. */
  isBeforeParen(): boolean
  /** The error for the next token: "unexpected … in …, expected …". */
  unexpected(context?: string, expected?: string): QueryError
  error(offset: number, message: string): QueryError
}

const NAMED: ReadonlySet<TokenKind> = new Set<TokenKind>(['punctuation', 'keyword', 'operator'])

export function createTokenStream(query: string): TokenStream {
  const lexer = createLexer(query)
  let ahead = lexer.next()
  let lastEnd = 0

  const stream: TokenStream = {
    get peek() {
      return ahead
    },
    get lastEnd() {
      return lastEnd
    },
    take() {
      const taken = ahead
      lastEnd = taken.end
      if (taken.kind !== 'end') ahead = lexer.next()
      return taken
    },
    is: (name) => NAMED.has(ahead.kind) && ahead.name === name,
    isBeforeParen: () => /^\s*\(/.test(query.slice(ahead.end, ahead.end + 100)),
    takeIf: (name) => (stream.is(name) ? stream.take() : undefined),
    expect(name, context, expected) {
      if (!stream.is(name)) throw stream.unexpected(context, expected)
      return stream.take()
    },
    unexpected(context = '', expected = '') {
      const inContext = context && ` in ${context}`
      const wanted = expected && `, expected ${expected}`
      return parseError(query, ahead.start, `unexpected ${describeToken(ahead)}${inContext}${wanted}`)
    },
    error: (offset, message) => parseError(query, offset, message),
  }
  return stream
}
