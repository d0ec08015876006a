// `match[]`: series selectors, which must name something.

import { lineAndColumn } from '../../promql/language/parse-error.ts'
import { parseQuery } from '../../promql/language/parser.ts'
import type { Matcher } from '../../promql/matcher.ts'
import { QueryError } from '../../promql/query-error.ts'
import { invalidParameter } from './api-error.ts'

const NAME = 'match[]'
const NOTHING_NAMED = 'must contain at least one non-empty matcher'

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
    throw invalidParameter(NAME, `${NAME} ${NOTHING_NAMED}`)
  }
  return expr.matchers
}

function parseOrThrow(text: string) {
  try {
    return parseQuery(text)
  } catch (error) {
    if (error instanceof QueryError && error.message.endsWith(NOTHING_NAMED))
      throw invalidParameter(NAME, `${NAME} ${NOTHING_NAMED}`)
    throw error instanceof QueryError ? invalidParameter(NAME, error.message, error) : error
  }
}
