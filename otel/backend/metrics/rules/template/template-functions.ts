// The functions that templates may call: those of Go's text/template and of Prometheus that make sense in an annotation.

import { compareStrings } from '../../../promql/labels.ts'
import { parseDurationMs } from '../../../promql/language/duration.ts'
import { compileRe2 } from '../../../promql/matcher.ts'
import { goPrintf } from './go-printf.ts'
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp } from './humanize.ts'
import { TemplateError } from './template-ast.ts'
import {
  fieldOf,
  isList,
  isMap,
  isSample,
  isTruthy,
  printValue,
  toFloat,
  toText,
  type Value,
} from './template-value.ts'

type TemplateFunction = {
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number]
  readonly call: (args: readonly Value[]) => Value
}

const MANY = 64

/** `query` is not among them: the evaluator runs it, as it has to wait. */
const FUNCTIONS = {
  and: { arity: [1, MANY], call: (args) => args.find((arg) => !isTruthy(arg)) ?? last(args) },
  or: { arity: [1, MANY], call: (args) => args.find(isTruthy) ?? last(args) },
  not: { arity: [1, 1], call: ([arg = null]) => !isTruthy(arg) },
  eq: { arity: [2, MANY], call: ([first = null, ...others]) => others.some((other) => compare(first, other) === 0) },
  ne: { arity: [2, 2], call: ([a = null, b = null]) => compare(a, b) !== 0 },
  lt: { arity: [2, 2], call: ([a = null, b = null]) => order(a, b) < 0 },
  le: { arity: [2, 2], call: ([a = null, b = null]) => order(a, b) <= 0 },
  gt: { arity: [2, 2], call: ([a = null, b = null]) => order(a, b) > 0 },
  ge: { arity: [2, 2], call: ([a = null, b = null]) => order(a, b) >= 0 },
  len: { arity: [1, 1], call: ([arg = null]) => lengthOf(arg) },
  index: { arity: [2, 2], call: ([list = null, at = null]) => elementOf(list, at) },
  print: { arity: [0, MANY], call: (args) => printAll(args) },
  println: { arity: [0, MANY], call: (args) => `${args.map(printValue).join(' ')}\n` },
  printf: { arity: [1, MANY], call: ([format = null, ...args]) => goPrintf(toText(format), args) },
  first: { arity: [1, 1], call: ([list = null]) => firstOf(list) },
  label: { arity: [2, 2], call: ([name = null, sample = null]) => fieldOf(fieldOf(sample, 'Labels'), toText(name)) },
  value: { arity: [1, 1], call: ([sample = null]) => fieldOf(sample, 'Value') },
  strvalue: { arity: [1, 1], call: ([sample = null]) => fieldOf(fieldOf(sample, 'Labels'), '__value__') },
  sortByLabel: { arity: [2, 2], call: ([name = null, list = null]) => sortByLabel(toText(name), list) },
  humanize: { arity: [1, 1], call: ([arg = null]) => humanize(toFloat(arg)) },
  humanize1024: { arity: [1, 1], call: ([arg = null]) => humanize1024(toFloat(arg)) },
  humanizeDuration: { arity: [1, 1], call: ([arg = null]) => humanizeDuration(toFloat(arg)) },
  humanizePercentage: { arity: [1, 1], call: ([arg = null]) => humanizePercentage(toFloat(arg)) },
  humanizeTimestamp: { arity: [1, 1], call: ([arg = null]) => humanizeTimestamp(toFloat(arg)) },
  title: {
    arity: [1, 1],
    call: ([arg = null]) => toText(arg).replace(/(^|\s)(\S)/g, (_all, blank, char) => blank + char.toUpperCase()),
  },
  toUpper: { arity: [1, 1], call: ([arg = null]) => toText(arg).toUpperCase() },
  toLower: { arity: [1, 1], call: ([arg = null]) => toText(arg).toLowerCase() },
  match: {
    arity: [2, 2],
    call: ([pattern = null, text = null]) => compileRe2(toText(pattern)).matcher(toText(text)).find(),
  },
  reReplaceAll: {
    arity: [3, 3],
    call: ([pattern = null, replacement = null, text = null]) =>
      compileRe2(toText(pattern)).matcher(toText(text)).replaceAll(toText(replacement)),
  },
  stripPort: { arity: [1, 1], call: ([arg = null]) => toText(arg).replace(/^\[?([^\]]*?)\]?:\d+$/, '$1') },
  parseDuration: { arity: [1, 1], call: ([arg = null]) => durationSeconds(toText(arg)) },
} satisfies Record<string, TemplateFunction>

export function isFunctionName(name: string): boolean {
  return name === 'query' || Object.hasOwn(FUNCTIONS, name)
}

/** @throws TemplateError */
export function callFunction(name: string, args: readonly Value[]): Value {
  // The parser lets only known names pass.
  const { arity, call } = FUNCTIONS[name as keyof typeof FUNCTIONS] as TemplateFunction
  const [fewest, most] = arity
  if (args.length < fewest || args.length > most) {
    throw new TemplateError(`wrong number of arguments for ${name}: ${args.length}`)
  }
  return call(args)
}

function last(args: readonly Value[]): Value {
  return args.at(-1) ?? null
}

/** Zero when equal. As in Go, an integer and a float do not compare. */
function compare(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : 1
  if (typeof a !== typeof b || typeof a === 'object') {
    throw new TemplateError(`incompatible types for comparison: ${printValue(a)} and ${printValue(b)}`)
  }
  if (a === b) return 0
  // Of the same type, and no objects.
  return (a as number) < (b as number) ? -1 : 1
}

function order(a: Value, b: Value): number {
  if (typeof a === 'boolean' || a === null) throw new TemplateError('invalid type for comparison')
  // Nothing is in order with NaN.
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN
  return compare(a, b)
}

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value))
  if (isList(value)) return BigInt(value.length)
  if (isMap(value)) return BigInt(Object.keys(value).length)
  throw new TemplateError(`len of ${printValue(value)}`)
}

function elementOf(value: Value, at: Value): Value {
  if (isMap(value)) return fieldOf(value, toText(at))
  if (!isList(value) || typeof at !== 'bigint')
    throw new TemplateError(`can't index ${printValue(value)} by ${printValue(at)}`)
  const element = value[Number(at)]
  if (element === undefined) throw new TemplateError(`index out of range: ${at}`)
  return element
}

function firstOf(value: Value): Value {
  if (!isList(value)) throw new TemplateError('first() called on what is no vector')
  const [first] = value
  if (first === undefined) throw new TemplateError('first() called on vector with no elements')
  return first
}

function sortByLabel(name: string, value: Value): Value {
  if (!isList(value)) throw new TemplateError('sortByLabel of what is no vector')
  const key = (sample: Value) => (isSample(sample) ? (sample.Labels[name] ?? '') : '')
  return [...value].sort((a, b) => compareStrings(key(a), key(b)))
}

/** Go puts blanks between operands when neither is a string. */
function printAll(args: readonly Value[]): string {
  let text = ''
  for (const [i, arg] of args.entries()) {
    if (i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string') text += ' '
    text += printValue(arg)
  }
  return text
}

function durationSeconds(text: string): number {
  const ms = parseDurationMs(text)
  if (ms === undefined) throw new TemplateError(`not a valid duration string: ${JSON.stringify(text)}`)
  return ms / 1000
}
