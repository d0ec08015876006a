// Type checks of a parsed query: what each operand may be, and which modifiers make sense. Values are not looked at.

import { type Binary, type Call, type Expr, TYPE_NAMES, type ValueType, type VectorSelector } from './ast.ts'
import { isComparison, isSetOperator } from './operators.ts'
import { parseError } from './parse-error.ts'
import { signatureOf } from './signatures.ts'

export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'vector-selector':
    case 'aggregate':
      return 'vector'
    case 'matrix-selector':
    case 'subquery':
      return 'matrix'
    case 'call':
      return signatureOf(expr.name)?.returns ?? 'vector'
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector'
    case 'unary':
    case 'paren':
      return typeOf(expr.expr)
  }
}

/** @throws QueryError `bad_data` at the first node whose operands do not fit. */
export function checkTypes(expr: Expr, query: string): ValueType {
  const fail = (offset: number, message: string) => parseError(query, offset, message)

  function expect(operand: Expr, want: ValueType, context: string): void {
    const got = check(operand)
    if (got === want) return
    throw fail(operand.start, `expected type ${TYPE_NAMES[want]} in ${context}, got ${TYPE_NAMES[got]}`)
  }

  /** Answers the type of the node, so that each is visited once. */
  function check(node: Expr): ValueType {
    switch (node.kind) {
      case 'number':
        return 'scalar'
      case 'string':
        return 'string'
      case 'vector-selector':
        return checkSelector(node)
      case 'matrix-selector':
        checkSelector(node.selector)
        return 'matrix'
      case 'subquery': {
        const got = check(node.expr)
        if (got === 'vector') return 'matrix'
        throw fail(node.start, `subquery is only allowed on instant vector, got ${TYPE_NAMES[got]} instead`)
      }
      case 'aggregate':
        expect(node.expr, 'vector', 'aggregation expression')
        if (node.param)
          expect(node.param, node.operator === 'count_values' ? 'string' : 'scalar', 'aggregation parameter')
        return 'vector'
      case 'paren':
        return check(node.expr)
      case 'unary': {
        const got = check(node.expr)
        if (got === 'scalar' || got === 'vector') return got
        const allowed = 'unary expression only allowed on expressions of type scalar or instant vector'
        throw fail(node.start, `${allowed}, got "${TYPE_NAMES[got]}"`)
      }
      case 'call':
        return checkCall(node)
      case 'binary':
        return checkBinary(node)
    }
  }

  function checkSelector(node: VectorSelector): 'vector' {
    if (node.name === '' && node.matchers.every((matcher) => matcher.matches(''))) {
      throw fail(node.start, 'vector selector must contain at least one non-empty matcher')
    }
    return 'vector'
  }

  function checkCall(node: Call): ValueType {
    const signature = signatureOf(node.name)
    if (!signature) throw fail(node.start, `unknown function with name ${JSON.stringify(node.name)}`)
    const { args, optional, variadic } = signature
    const least = args.length - optional
    const counted = (bound: string, count: number) =>
      fail(node.start, `expected ${bound}${count} argument(s) in call to "${node.name}", got ${node.args.length}`)
    if (optional === 0 && node.args.length !== least) throw counted('', least)
    if (node.args.length < least) throw counted('at least ', least)
    if (!variadic && node.args.length > args.length) throw counted('at most ', args.length)
    node.args.forEach((arg, index) => {
      const want = args[Math.min(index, args.length - 1)] ?? 'vector'
      const got = check(arg)
      if (got === want) return
      const wanted = `expected type ${TYPE_NAMES[want]} in call to function "${node.name}"`
      throw fail(arg.start, `${wanted}, got ${TYPE_NAMES[got]}`)
    })
    return signature.returns
  }

  function checkBinary(node: Binary): ValueType {
    const { operator, matching } = node
    const left = check(node.left)
    const right = check(node.right)
    const isOperand = (type: ValueType) => type === 'scalar' || type === 'vector'
    const onlyOperands = 'binary expression must contain only scalar and instant vector types'
    if (node.returnBool && !isComparison(operator)) {
      throw fail(node.operatorStart, 'bool modifier can only be used on comparison operators')
    }
    if (isComparison(operator) && !node.returnBool && left === 'scalar' && right === 'scalar') {
      throw fail(node.operatorStart, 'comparisons between scalars must use BOOL modifier')
    }
    const twice = matching.on && matching.labels.find((label) => matching.include.includes(label))
    if (twice) throw fail(node.operatorStart, `label "${twice}" must not occur in ON and GROUP clause at once`)
    if (!isOperand(left)) throw fail(node.left.start, onlyOperands)
    if (!isOperand(right)) throw fail(node.right.start, onlyOperands)
    const bothVectors = left === 'vector' && right === 'vector'
    if (!bothVectors && matching.labels.length > 0) {
      throw fail(node.start, 'vector matching only allowed between instant vectors')
    }
    if (isSetOperator(operator)) {
      if (!bothVectors) throw fail(node.start, `set operator "${operator}" not allowed in binary scalar expression`)
      if (matching.group) throw fail(node.start, `no grouping allowed for "${operator}" operation`)
    }
    return left === 'scalar' && right === 'scalar' ? 'scalar' : 'vector'
  }

  return check(expr)
}
