// The binary operators: which family each belongs to, and how tightly it binds.

import type { BinaryOperator, ComparisonOperator, SetOperator } from './ast.ts'

/** Higher binds tighter; `^` alone groups to the right. */
export const PRECEDENCE = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
} as const satisfies Record<BinaryOperator, number>

/** A sign binds like `*`, so that `-1^2` is `-(1^2)`, and `-a*b` is `(-a)*b`. */
export const UNARY_PRECEDENCE = PRECEDENCE['*']

export function isBinaryOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(PRECEDENCE, text)
}

export function isComparison(operator: BinaryOperator): operator is ComparisonOperator {
  return PRECEDENCE[operator] === 3
}

export function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return PRECEDENCE[operator] < 3
}
