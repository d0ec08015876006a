// A syntax tree back to PromQL text in its canonical form: one line, labels sorted, durations in their shortest spelling.

import { METRIC_NAME } from '../labels.ts'
import type { Matcher } from '../matcher.ts'
import type { Aggregate, Binary, Expr, TimeShift, VectorSelector } from './ast.ts'
import { formatDuration } from './duration.ts'
import { formatPlainNumber } from './number.ts'
import { quote } from './string-literal.ts'
import { kindOfWord } from './token.ts'

/** Text that parses to the same tree. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.isDuration ? formatDuration(expr.value * 1000) : formatPlainNumber(expr.value)
    case 'string':
      return quote(expr.value)
    case 'vector-selector':
      return printSelector(expr) + printShift(expr)
    case 'matrix-selector':
      return `${printSelector(expr.selector)}[${formatDuration(expr.rangeMs)}]${printShift(expr.selector)}`
    case 'subquery': {
      const step = expr.stepMs === undefined ? '' : formatDuration(expr.stepMs)
      return `${printExpr(expr.expr)}[${formatDuration(expr.rangeMs)}:${step}]${printShift(expr)}`
    }
    case 'call':
      return `${expr.name}(${expr.args.map(printExpr).join(', ')})`
    case 'aggregate':
      return printAggregate(expr)
    case 'binary':
      return printBinary(expr)
    case 'unary':
      return expr.operator + printExpr(expr.expr)
    case 'paren':
      return `(${printExpr(expr.expr)})`
  }
}

function printSelector({ name, matchers }: VectorSelector): string {
  const plainName = isPlainMetricName(name)
  const texts = matchers.filter((matcher) => !isNameMatcher(matcher, name)).map(printMatcher)
  texts.sort()
  if (name !== '' && !plainName) texts.unshift(quote(name))
  const outside = plainName ? name : ''
  return texts.length === 0 && outside !== '' ? outside : `${outside}{${texts.join(',')}}`
}

function isNameMatcher(matcher: Matcher, name: string): boolean {
  return name !== '' && matcher.name === METRIC_NAME && matcher.operator === '=' && matcher.value === name
}

function printMatcher({ name, operator, value }: Matcher): string {
  return printLabel(name) + operator + quote(value)
}

function printLabel(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : quote(name)
}

function isPlainMetricName(name: string): boolean {
  const kind = /^[A-Za-z_:][\w:]*$/.test(name) && kindOfWord(name)
  return kind === 'identifier' || kind === 'metric-identifier' || kind === 'aggregator'
}

function printShift({ offsetMs, at }: TimeShift): string {
  const atText = at === undefined ? '' : typeof at === 'number' ? ` @ ${(at / 1000).toFixed(3)}` : ` @ ${at}()`
  return atText + (offsetMs === 0 ? '' : ` offset ${formatDuration(offsetMs)}`)
}

function printLabels(labels: readonly string[]): string {
  return `(${labels.map(printLabel).join(', ')})`
}

function printAggregate({ operator, without, grouping, param, expr }: Aggregate): string {
  const by = without ? ` without ${printLabels(grouping)} ` : grouping.length > 0 ? ` by ${printLabels(grouping)} ` : ''
  return `${operator}${by}(${param ? `${printExpr(param)}, ` : ''}${printExpr(expr)})`
}

function printBinary({ operator, left, right, returnBool, matching }: Binary): string {
  const { on, labels, group, include } = matching
  const bool = returnBool ? ' bool' : ''
  const match = on || labels.length > 0 || group ? ` ${on ? 'on' : 'ignoring'} ${printLabels(labels)}` : ''
  const grouped = group ? ` group_${group} ${printLabels(include)}` : ''
  return `${printExpr(left)} ${operator}${bool}${match}${grouped} ${printExpr(right)}`
}
