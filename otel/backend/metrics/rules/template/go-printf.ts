// The verbs of Go's Printf that annotations use: v s q d f e g t x and %.
import { quote } from '../../../promql/language/string-literal.ts'
import { formatGoValue } from '../../go-float.ts'
import { formatGeneral } from './humanize.ts'
import { TemplateError } from './template-ast.ts'
import { printValue, type Value } from './template-value.ts'

const VERB = /%([-+# 0]*)(\d*)(?:\.(\d*))?([a-zA-Z%])/g
const MAX_WIDTH = 1000

/** @throws TemplateError for verbs and flags that are not supported, and for wrong numbers of arguments. */
export function goPrintf(format: string, args: readonly Value[]): string {
  let next = 0
  const text = format.replace(
    VERB,
    (directive, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (next >= args.length) throw new TemplateError(`printf: no argument for ${directive}`)
      const digits = precision === undefined ? undefined : Number(precision)
      if (Number(width) > MAX_WIDTH || (digits ?? 0) > 100) throw new TemplateError(`printf: ${directive} is too wide`)
      // Just checked.
      const value = formatVerb(verb, args[next++]!, digits, directive)
      return pad(withSign(value, flags, verb), flags, Number(width), verb)
    },
  )
  if (next < args.length) throw new TemplateError('printf: more arguments than verbs')
  return text
}

function formatVerb(verb: string, value: Value, precision: number | undefined, directive: string): string {
  if (verb === 'v' && precision === undefined) return printValue(value)
  if (verb === 's' && typeof value === 'string')
    return precision === undefined ? value : [...value].slice(0, precision).join('')
  if (verb === 'q' && typeof value === 'string') return quote(value)
  if (verb === 'd' && typeof value === 'bigint') return String(value)
  if (verb === 'x' && typeof value === 'bigint') return value.toString(16)
  if (verb === 't' && typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return formatGoValue(value)
    if (verb === 'f' || verb === 'F') return fixed(value, precision ?? 6)
    if (verb === 'e') return exponential(value, precision ?? 6)
    if (verb === 'g' || verb === 'v')
      return precision === undefined ? formatGoValue(value) : formatGeneral(value, precision)
  }
  throw new TemplateError(`printf: ${directive} does not fit ${printValue(value)}`)
}

/** `toFixed` gives up at 1e21, and drops the sign of what rounds to zero no more than Go does. */
function fixed(value: number, precision: number): string {
  const magnitude = Math.abs(value)
  const text =
    magnitude < 1e21
      ? magnitude.toFixed(precision)
      : BigInt(magnitude) + (precision > 0 ? `.${'0'.repeat(precision)}` : '')
  return value < 0 || Object.is(value, -0) ? `-${text}` : text
}

function exponential(value: number, precision: number): string {
  return value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')
}

function withSign(text: string, flags: string, verb: string): string {
  const numeric = 'dfFeg'.includes(verb) && !text.startsWith('-') && !text.startsWith('+')
  if (!numeric) return text
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text
}

function pad(text: string, flags: string, width: number, verb: string): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0') || !'dfFegx'.includes(verb)) return text.padStart(width)
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}
