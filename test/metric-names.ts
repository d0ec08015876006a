// Which metrics an expression asks for.
import { parseQuery } from '../otel/backend/promql/language/parser.ts'
import { selectorsOf } from '../otel/backend/promql/language/walk.ts'

/** Names that selectors of the expression name outright, each once. Throws on what is no PromQL. */
export function metricNames(expr: string): string[] {
  const names = selectorsOf(parseQuery(expr)).map(({ name }) => name)
  return [...new Set(names.filter((name) => name !== ''))]
}
