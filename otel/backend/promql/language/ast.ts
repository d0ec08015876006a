// The syntax tree of PromQL. Nodes are immutable and carry their place in the query as [start, end) character offsets.

import type { Matcher } from '../matcher.ts'

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string'

/** How error texts and documentation name a type. */
export const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
}

export interface Span {
  readonly start: number
  readonly end: number
}

/** `offset` and `@` of a selector or subquery. `at` is a time in milliseconds, or the query's own start or end. */
export interface TimeShift {
  readonly offsetMs: number
  readonly at?: number | 'start' | 'end'
}

export interface NumberLiteral extends Span {
  readonly kind: 'number'
  readonly value: number
  /** Written as a duration, `5m`: the value is in seconds. */
  readonly isDuration: boolean
}

export interface StringLiteral extends Span {
  readonly kind: 'string'
  readonly value: string
}

export interface VectorSelector extends Span, TimeShift {
  readonly kind: 'vector-selector'
  /** The metric's name when it stands before the braces or quoted within them; it is among the matchers too. */
  readonly name: string
  readonly matchers: readonly Matcher[]
}

export interface MatrixSelector extends Span {
  readonly kind: 'matrix-selector'
  readonly selector: VectorSelector
  readonly rangeMs: number
}

export interface Subquery extends Span, TimeShift {
  readonly kind: 'subquery'
  readonly expr: Expr
  readonly rangeMs: number
  /** Absent: the engine's default step. */
  readonly stepMs?: number
}

export interface Call extends Span {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Expr[]
}

export const AGGREGATORS = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'count_values',
  'quantile',
] as const

export type AggregateOperator = (typeof AGGREGATORS)[number]

export interface Aggregate extends Span {
  readonly kind: 'aggregate'
  readonly operator: AggregateOperator
  readonly expr: Expr
  /** k of topk and bottomk, φ of quantile, the label's name of count_values. */
  readonly param?: Expr
  readonly grouping: readonly string[]
  readonly without: boolean
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2'
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>='
export type SetOperator = 'and' | 'or' | 'unless'
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator

export interface VectorMatching {
  /** `on` rather than `ignoring`. */
  readonly on: boolean
  readonly labels: readonly string[]
  /** `left`: many on the left side, as `group_left` says. */
  readonly group?: 'left' | 'right'
  /** Labels that `group_left(…)` or `group_right(…)` copies from the "one" side. */
  readonly include: readonly string[]
}

export interface Binary extends Span {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly operatorStart: number
  readonly left: Expr
  readonly right: Expr
  readonly returnBool: boolean
  readonly matching: VectorMatching
}

export interface Unary extends Span {
  readonly kind: 'unary'
  readonly operator: '+' | '-'
  readonly expr: Expr
}

export interface Paren extends Span {
  readonly kind: 'paren'
  readonly expr: Expr
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren
