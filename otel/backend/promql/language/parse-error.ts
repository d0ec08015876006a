// What is wrong with a query's text, and where: "1:5: parse error: …".

import { QueryError } from '../query-error.ts'

/** A `bad_data` error at a character offset of the query. */
export function parseError(query: string, offset: number, message: string): QueryError {
  return new QueryError('bad_data', `${lineAndColumn(query, offset)}: parse error: ${message}`)
}

/** Line and column of a character offset, both counted from one. */
export function lineAndColumn(query: string, offset: number): string {
  const before = query.slice(0, offset)
  const lastBreak = before.lastIndexOf('\n')
  const line = before.split('\n').length
  return `${line}:${offset - lastBreak}`
}
