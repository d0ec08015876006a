// Schemas of parameters that tell their unit and range when a value is refused.
import { z } from 'zod'

type Range = { min: number; max: number; default: number; unit: string; what: string }

function message(kind: string, { min, max, unit }: Range): string {
  return `must be ${kind} of ${unit} from ${min} to ${max}`
}

/** Text from a command line becomes the number that it says; what says none stays what it is, and is refused. */
function numberOf(given: unknown): unknown {
  return typeof given === 'string' && given.trim() !== '' ? Number(given) : given
}

/** A number within a range, both ends included. Takes text from a command line, too. */
export function quantity(range: Range) {
  const error = message('a number', range)
  const number = z.number({ error }).min(range.min, error).max(range.max, error)
  return z.preprocess(numberOf, number).default(range.default).meta({ description: range.what, unit: range.unit })
}

/** The same for whole numbers. */
export function count(range: Range) {
  const error = message('a whole number', range)
  const number = z.number({ error }).int(error).min(range.min, error).max(range.max, error)
  return z.preprocess(numberOf, number).default(range.default).meta({ description: range.what, unit: range.unit })
}

/** One of a few words, the first by default. A word of digits may come as a number. */
export function choice<const T extends readonly [string, ...string[]]>(options: T, what: string) {
  const word = z.enum(options, { error: `must be one of ${options.join(', ')}` })
  return z
    .preprocess((given) => (typeof given === 'number' ? String(given) : given), word)
    .default(options[0] as T[number] as never)
    .meta({ description: what })
}

/** Takes the words true and false from a command line, too. */
export function flag(byDefault: boolean, what: string) {
  return z
    .union([z.boolean(), z.stringbool()], { error: 'must be true or false' })
    .default(byDefault)
    .meta({ description: what })
}

/** The beginning of a path. */
export function path(byDefault: string, what: string) {
  const error = 'must be the beginning of a path, for instance /products'
  return z
    .string({ error })
    .regex(/^\/[\w\-./]{0,100}$/, error)
    .default(byDefault)
    .meta({ description: what })
}

/** An id or another short word. */
export function word(byDefault: string, what: string) {
  const error = 'must be a word of letters, digits and . + - _, 64 at most'
  return z
    .string({ error })
    .regex(/^[\w.+-]{1,64}$/, error)
    .default(byDefault)
    .meta({ description: what })
}
