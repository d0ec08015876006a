// Values of a template and how Go prints them. Integers are bigints, floats are numbers: Go keeps them apart, too.
import { formatGoValue } from '../../go-float.ts'
import { TemplateError } from './template-ast.ts'

/** An element of what `query` answers. */
export interface TemplateSample {
  readonly Labels: Readonly<Record<string, string>>
  readonly Value: number
}

export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Value[]
  | TemplateSample
  | Readonly<Record<string, string>>

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isSample(value: Value): value is TemplateSample {
  return typeof value === 'object' && value !== null && !isList(value) && typeof value.Value === 'number'
}

/** A map of strings: labels. */
export function isMap(value: Value): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && !isList(value) && !isSample(value)
}

/** Go's notion of emptiness in `if`, `with`, `and`, `or` and `not`. */
export function isTruthy(value: Value): boolean {
  if (isList(value)) return value.length > 0
  if (isSample(value)) return true
  if (isMap(value)) return Object.keys(value).length > 0
  return value !== '' && value !== 0 && value !== 0n && value !== false && value !== null
}

/** As fmt's `%v` prints it. */
export function printValue(value: Value): string {
  if (value === null) return '<no value>'
  if (typeof value === 'number') return formatGoValue(value)
  if (isList(value)) return `[${value.map(printValue).join(' ')}]`
  if (isSample(value)) return `{${printValue(value.Labels)} ${formatGoValue(value.Value)}}`
  if (isMap(value))
    return `map[${Object.keys(value)
      .sort()
      .map((name) => `${name}:${value[name]}`)
      .join(' ')}]`
  return String(value)
}

export function fieldOf(value: Value, name: string): Value {
  if (isSample(value)) {
    if (name === 'Labels') return value.Labels
    if (name === 'Value') return value.Value
  } else if (isMap(value)) return Object.hasOwn(value, name) ? (value[name] ?? '') : ''
  throw new TemplateError(`there is no field ${name}`)
}

/** A number for Prometheus's own functions, which take floats, integers and texts of numbers. */
export function toFloat(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value)
  throw new TemplateError(`can't convert ${printValue(value)} to a number`)
}

export function toText(value: Value): string {
  if (typeof value === 'string') return value
  throw new TemplateError(`expected a string, got ${printValue(value)}`)
}
