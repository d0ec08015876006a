// Label matchers of a selector. Regular expressions are RE2 (linear time), fully anchored, and their dot matches newlines.

import { RE2JS, RE2JSException } from 're2js'
import { QueryError } from './query-error.ts'

export type MatchOperator = '=' | '!=' | '=~' | '!~'

export interface Matcher {
  readonly name: string
  readonly operator: MatchOperator
  readonly value: string
  /** Whether a label value passes; an absent label is the empty string. */
  matches(value: string): boolean
  /** Values that alone can satisfy the expression of `=`, `=~` (`a|b|c`): lets an index look them up. Absent when unknown. */
  readonly literals?: readonly string[]
}

/** @throws QueryError `bad_data` when the regular expression is not valid RE2. */
export function createMatcher(name: string, operator: MatchOperator, value: string): Matcher {
  switch (operator) {
    case '=':
      return { name, operator, value, matches: (candidate) => candidate === value, literals: [value] }
    case '!=':
      return { name, operator, value, matches: (candidate) => candidate !== value }
    case '=~': {
      const literals = literalAlternatives(value)
      if (!literals) return { name, operator, value, matches: compileAnchored(value) }
      const set = new Set(literals)
      return { name, operator, value, matches: (candidate) => set.has(candidate), literals }
    }
    case '!~': {
      const test = compileAnchored(value)
      return { name, operator, value, matches: (candidate) => !test(candidate) }
    }
  }
}

/** Whether a series' label set passes all matchers, given how to read one of its labels. */
export function matchesAll(matchers: readonly Matcher[], readLabel: (name: string) => string): boolean {
  for (const matcher of matchers) if (!matcher.matches(readLabel(matcher.name))) return false
  return true
}

/** Longer expressions are refused: compiling one takes time in proportion to its length. */
export const MAX_REGEX_LENGTH = 8_192

/**
 * Compiles an RE2 expression that must match the whole text, dot matching newlines.
 * @throws QueryError `bad_data` when it is not valid RE2.
 */
export function compileRe2(expression: string): RE2JS {
  if (expression.length > MAX_REGEX_LENGTH) throw new QueryError('bad_data', 'regular expression is too long')
  try {
    return RE2JS.compile(expression, RE2JS.DOTALL)
  } catch (error) {
    // The engine shows its own flag for the dot within the expression.
    if (error instanceof RE2JSException)
      throw new QueryError('bad_data', error.message.replace('`(?s)', '`'), { cause: error })
    throw error
  }
}

function compileAnchored(expression: string): (value: string) => boolean {
  const literals = literalAlternatives(expression)
  if (literals) {
    const set = new Set(literals)
    return (value) => set.has(value)
  }
  if (expression === '.*') return () => true
  if (expression === '.+') return (value) => value !== ''
  const compiled = compileRe2(expression)
  return (value) => compiled.testExact(value)
}

/** `a|b|c` without any operator of regular expressions is a plain set of strings. */
function literalAlternatives(expression: string): string[] | undefined {
  return /[\\^$.*+?()[\]{}]/.test(expression) ? undefined : [...new Set(expression.split('|'))]
}
