// Walks over a syntax tree without recursion, so that they are safe on trees of any depth.

import type { Expr, VectorSelector } from './ast.ts'

export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vector-selector':
      return []
    case 'matrix-selector':
      return [expr.selector]
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr]
    case 'call':
      return expr.args
    case 'aggregate':
      return expr.param ? [expr.param, expr.expr] : [expr.expr]
    case 'binary':
      return [expr.left, expr.right]
  }
}

/** Levels of the tree; a leaf has one. */
export function depthOf(expr: Expr): number {
  let deepest = 0
  const rest: [Expr, number][] = [[expr, 1]]
  for (let entry = rest.pop(); entry; entry = rest.pop()) {
    const [node, depth] = entry
    deepest = Math.max(deepest, depth)
    for (const child of childrenOf(node)) rest.push([child, depth + 1])
  }
  return deepest
}

/** Every selector of a query, from left to right. */
export function selectorsOf(expr: Expr): VectorSelector[] {
  const found: VectorSelector[] = []
  const rest: Expr[] = [expr]
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (node.kind === 'vector-selector') found.push(node)
    rest.push(...childrenOf(node).toReversed())
  }
  return found
}

/** The expression within superfluous parentheses. */
export function unwrapParens(expr: Expr): Expr {
  let inner = expr
  while (inner.kind === 'paren') inner = inner.expr
  return inner
}
