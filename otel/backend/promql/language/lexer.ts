// Cuts a query into tokens, one at a time. It knows three places: expressions, the inside of braces (where no word is
// a keyword) and the inside of brackets (where a colon stands alone). Whether tokens make sense is the parser's affair.

import { parseError } from './parse-error.ts'
import { kindOfWord, type Token, type TokenKind } from './token.ts'

export interface Lexer {
  /** @throws QueryError `bad_data` at the first character that no token can start with. */
  next(): Token
}

const SPACE_OR_COMMENT = /(?:[ \t\r\n]+|#[^\r\n]*)+/y
const WORD = /[A-Za-z_:][A-Za-z0-9_:]*/y
const LABEL = /[A-Za-z_][A-Za-z0-9_]*/y
const STRING = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`/y
const NUMBER = /0[xX][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?[\d_]+)?/y
const DURATION = /\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*/y
const OPERATOR = /==|!=|<=|>=|[<>+\-*/%^]/y
const BRACE_OPERATOR = /=~|!~|!=|=/y
const DIGIT = /\.?\d/y

export function createLexer(query: string): Lexer {
  let at = 0
  const open: string[] = []

  const fail = (message: string, offset = at) => parseError(query, offset, message)

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at
    return pattern.exec(query)?.[0]
  }

  function emit(kind: TokenKind, text: string): Token {
    const start = at
    at += text.length
    const name = kind === 'keyword' || kind === 'operator' || kind === 'aggregator' ? text.toLowerCase() : text
    return { kind, text, name, start, end: at }
  }

  function numberOrDuration(): Token {
    const duration = match(DURATION)
    if (duration && !isWordChar(query[at + duration.length])) return emit('duration', duration)
    const number = match(NUMBER)
    if (number && !isWordChar(query[at + number.length]) && query[at + number.length] !== '.') {
      return emit('number', number)
    }
    const bad = /[\w.]+/y
    throw fail(`bad number or duration syntax: ${JSON.stringify(match(bad) ?? '')}`)
  }

  function string(): Token {
    const text = match(STRING)
    if (text === undefined) throw fail(query[at] === '`' ? 'unterminated raw string' : 'unterminated quoted string')
    return emit('string', text)
  }

  function opening(char: string): Token {
    open.push(char)
    return emit('punctuation', char)
  }

  function closing(char: string, expected: string, name: string): Token {
    if (open.at(-1) !== expected) throw fail(`unexpected right ${name} '${char}'`)
    open.pop()
    return emit('punctuation', char)
  }

  function inBraces(char: string): Token {
    if (char === '}') return closing(char, '{', 'brace')
    if (char === ',') return emit('punctuation', char)
    if (/["'`]/.test(char)) return string()
    const label = match(LABEL)
    if (label !== undefined) return emit('identifier', label)
    const operator = match(BRACE_OPERATOR)
    if (operator === '!=') return emit('operator', operator)
    if (operator !== undefined) return emit('punctuation', operator)
    if (char === '{') throw fail(`unexpected left brace '{'`)
    if (char === '!') throw fail(`unexpected character after '!' inside braces: ${quoteChar(query[at + 1])}`, at)
    throw fail(`unexpected character inside braces: ${quoteChar(char)}`)
  }

  function inExpression(char: string): Token {
    if (match(DIGIT) !== undefined) return numberOrDuration()
    if (open.at(-1) === '[' && char === ':') return emit('punctuation', char)
    const word = match(WORD)
    if (word !== undefined) return emit(kindOfWord(word), word)
    if (/["'`]/.test(char)) return string()
    const operator = match(OPERATOR)
    if (operator !== undefined) return emit('operator', operator)
    if (char === '(' || char === '{' || char === '[') {
      if (char === '[' && open.at(-1) === '[') throw fail(`unexpected left bracket '['`)
      return opening(char)
    }
    if (char === ')') return closing(char, '(', 'parenthesis')
    if (char === ']') return closing(char, '[', 'bracket')
    if (char === ',' || char === '@') return emit('punctuation', char)
    if (char === '=') {
      if (query[at + 1] === '~') throw fail(`unexpected character after '=': '~'`)
      return emit('punctuation', char)
    }
    if (char === '!') throw fail(`unexpected character after '!': ${quoteChar(query[at + 1])}`)
    throw fail(`unexpected character: ${quoteChar(char)}`)
  }

  function atEnd(): Token {
    const unclosed = open.at(-1)
    if (unclosed === '{') throw fail('unexpected end of input inside braces')
    if (unclosed === '[') throw fail('unclosed left bracket')
    if (unclosed === '(') throw fail('unclosed left parenthesis')
    return { kind: 'end', text: '', name: '', start: at, end: at }
  }

  return {
    next() {
      at += match(SPACE_OR_COMMENT)?.length ?? 0
      const char = query[at]
      if (char === undefined) return atEnd()
      return open.at(-1) === '{' ? inBraces(char) : inExpression(char)
    },
  }
}

function isWordChar(char: string | undefined): boolean {
  return char !== undefined && /\w/.test(char)
}

function quoteChar(char: string | undefined): string {
  return char === undefined ? 'end of input' : `'${char}'`
}
