// What an alert's expression measures, and what it is held against: `measured > limit and …`. Pure. It knows as much of PromQL as it takes
// to find what stands outside of all brackets.
import type { Labels, RangeMatrix, Series } from '../prometheus/answers.ts'

export type AlertExpression = {
  measured: string
  operator: string
  /** PromQL; a number in most rules. */
  limit: string
  /** Whether it is one of several conditions. */
  isPart: boolean
}

/** The first condition; undefined where it is no comparison, or one of two that would do. */
export function readExpression(expr: string): AlertExpression | undefined {
  const outside = blankInside(expr)
  if (/\bor\b/i.test(outside)) return undefined
  const end = /\b(?:and|unless)\b/i.exec(outside)?.index ?? expr.length
  const [comparison, ...others] = [...outside.slice(0, end).matchAll(comparisons)]
  if (!comparison || others.length > 0) return undefined
  const [whole, operator = ''] = comparison
  return {
    measured: expr.slice(0, comparison.index).trim(),
    operator,
    limit: expr.slice(comparison.index + whole.length, end).trim(),
    isPart: end < expr.length,
  }
}

/** With how the series of both sides are matched, which neither side says by itself. */
const comparisons =
  /(==|!=|>=|<=|>|<)(?:\s*bool\b)?(?:\s*(?:on|ignoring)\s*\( *\)(?:\s*group_(?:left|right)\s*(?:\( *\))?)?)?/g

/** The same length, with blanks for whatever stands within brackets or quotes. */
function blankInside(expr: string): string {
  let depth = 0
  return expr.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[\s\S]/g, (token) => {
    if (')]}'.includes(token)) depth--
    const shown = depth === 0 && token.length === 1 ? token : ' '.repeat(token.length)
    if ('([{'.includes(token)) depth++
    return shown
  })
}

/** The series that an alert is of: the one whose labels it has all of. */
export function seriesOf(matrix: RangeMatrix, alertLabels: Labels): Series | undefined {
  return matrix.find(({ labels }) =>
    Object.entries(labels).every(([name, value]) => name === '__name__' || alertLabels[name] === value),
  )
}
