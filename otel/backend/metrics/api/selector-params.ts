// `match[]`: series selectors, which must name something.

import { lineAndColumn } from '../../promql/language/parse-error.ts'
import { parseQuery } from '../../promql/language/parser.ts'
import type { Matcher } from '../../promql/matcher.ts'
import { QueryError } from '../../promql/query-error.ts'
import { invalidParameter } from './api-error.ts'

const NAME = 'match[]'

/** The matchers of each `match[]`. @throws ApiError */
export function selectorsOfParams(params: URLSearchParams): (readonly Matcher[])[] {
  return params.getAll(NAME).map(parseSelector)
}

function parseSelector(text: string): readonly Matcher[] {
  const expr = parseOrThrow(text)
  if (expr.kind !== 'vector-selector' || expr.offsetMs !== 0 || expr.at !== undefined) {
    throw invalidParameter(NAME, `${lineAndColumn(text, 0)}: parse error: expected a series selector`)
  }
  if (expr.matchers.every((matcher) => matcher.matches(''))) {
    throw invalidParameter(NAME, 'match[] must contain at least one non-empty matcher')
  }
  return expr.matchers
}

function parseOrThrow(text: string) {
  try {
    return parseQuery(text)
  } catch (error) {
    // An empty selector is legal here, with an error of its own.
    if (/^\s*\{\s*\}\s*$/.test(text))
      throw invalidParameter(NAME, 'match[] must contain at least one non-empty matcher')
    throw error instanceof QueryError ? invalidParameter(NAME, error.message, error) : error
  }
}
