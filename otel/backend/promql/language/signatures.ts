// The types of PromQL's functions. Their meaning is in ../functions; here is only what the parser must know.

import type { ValueType } from './ast.ts'

export interface Signature {
  readonly args: readonly ValueType[]
  /** How many of the last arguments may be missing. */
  readonly optional: number
  /** The last argument may be repeated without limit. */
  readonly variadic: boolean
  readonly returns: 'scalar' | 'vector'
}

const TYPES: Readonly<Record<string, ValueType>> = { s: 'scalar', v: 'vector', m: 'matrix', t: 'string' }

/** `'sv?'`: scalar, optional vector; `*` lets the last be missing or repeated. */
function signature(code: string, returns: 'scalar' | 'vector' = 'vector'): Signature {
  const args = [...code].flatMap((letter) => TYPES[letter] ?? [])
  return { args, optional: /[?*]/.test(code) ? 1 : 0, variadic: code.includes('*'), returns }
}

const OF_VECTOR =
  'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh sort sort_desc ' +
  'sqrt tan tanh timestamp'
const OF_MATRIX =
  'absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time max_over_time ' +
  'min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time'
const OF_TIME = 'day_of_month day_of_week day_of_year days_in_month hour minute month year'

const SIGNATURES: ReadonlyMap<string, Signature> = new Map([
  ...OF_VECTOR.split(' ').map((name) => [name, signature('v')] as const),
  ...OF_MATRIX.split(' ').map((name) => [name, signature('m')] as const),
  ...OF_TIME.split(' ').map((name) => [name, signature('v?')] as const),
  ['clamp', signature('vss')],
  ['clamp_max', signature('vs')],
  ['clamp_min', signature('vs')],
  ['histogram_fraction', signature('ssv')],
  ['histogram_quantile', signature('sv')],
  ['label_join', signature('vttt*')],
  ['label_replace', signature('vtttt')],
  ['pi', signature('', 'scalar')],
  ['predict_linear', signature('ms')],
  ['quantile_over_time', signature('sm')],
  ['round', signature('vs?')],
  ['scalar', signature('v', 'scalar')],
  ['time', signature('', 'scalar')],
  ['vector', signature('s')],
])

const NATIVE_ONLY = new Set('histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum'.split(' '))
const EXPERIMENTAL = new Set(
  (
    'double_exponential_smoothing end first_over_time histogram_quantiles info integral mad_over_time range sort_by_label ' +
    'sort_by_label_desc start step ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time'
  ).split(' '),
)

export function signatureOf(name: string): Signature | undefined {
  return SIGNATURES.get(name)
}

export function functionNames(): string[] {
  return [...SIGNATURES.keys()]
}

/** Why a function cannot be called, or undefined when it can. */
export function refusalOfFunction(name: string): string | undefined {
  if (SIGNATURES.has(name)) return undefined
  if (NATIVE_ONLY.has(name)) return `function "${name}" is not supported: native histograms are not stored here`
  if (EXPERIMENTAL.has(name)) return `function "${name}" is not supported: it is experimental in Prometheus`
  if (name === 'holt_winters') return 'unknown function with name "holt_winters": it was removed in Prometheus 3'
  return `unknown function with name ${JSON.stringify(name)}`
}
