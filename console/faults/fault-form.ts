// The form of an injection: what stands in it at first, what is wrong with it, and the request that it makes. Pure.
import type { FaultInfo, Injection, ParameterInfo, ValueSchema } from '../control/faults.ts'

/** Everything as typed; `where` is the kind of target that is chosen. */
export type FaultForm = {
  where: string
  target: string
  from: string
  to: string
  parameters: Record<string, string>
  forS: string
}

/** Names that a target can have, by the kind of target. */
export type Places = {
  nodes: readonly string[]
  kinds: readonly string[]
  regions: readonly string[]
  databases: readonly string[]
}

export const MAX_FOR_S = 3600
const STANDARD_FOR_S = 60

export const whereTitles: Record<string, string> = {
  node: 'a node',
  kind: 'all nodes of a kind',
  region: 'a region',
  database: 'a database server',
  link: 'a link, one way',
  regions: 'from one region to another',
  cluster: 'the whole cluster',
}

/** Where a fault is to strike: one place, or the two ends of a link. */
export type Wanted = { target?: string; from?: string; to?: string }

/** Filled in from the address where the fault can strike there, else from the fault's own example, as far as its places are there. */
export function initialForm(fault: FaultInfo, places: Places, wanted: Wanted): FaultForm {
  const example = fault.example ?? {}
  const parameters = Object.fromEntries(
    fault.parameters.map(({ name, default: standard }) => [name, textOf(example.parameters?.[name] ?? standard)]),
  )
  return {
    ...(placed(fault, places, wanted) ??
      placed(fault, places, example) ?? { where: fault.targets[0] ?? 'cluster', target: '', from: '', to: '' }),
    parameters,
    forS: String(STANDARD_FOR_S),
  }
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}

/** The first kind of target that these places are one of; undefined when the fault cannot strike there. */
function placed(
  fault: FaultInfo,
  places: Places,
  { target = '', from = '', to = '' }: Wanted,
): Pick<FaultForm, 'where' | 'target' | 'from' | 'to'> | undefined {
  const where = fault.targets.find((kind) => {
    const choices = choicesOf(fault, kind, places)
    return hasTwoEnds(kind) ? choices.includes(from) && choices.includes(to) : choices.includes(target)
  })
  if (where === undefined) return undefined
  return hasTwoEnds(where) ? { where, target: '', from, to } : { where, target, from: '', to: '' }
}

/** What one end of a kind of target can be. Where no database server takes the fault all are offered: the refusal says why. */
export function choicesOf({ databases }: FaultInfo, where: string, places: Places): readonly string[] {
  switch (where) {
    case 'node':
      return places.nodes
    case 'kind':
      return places.kinds
    case 'region':
    case 'regions':
      return places.regions
    case 'database':
      return databases.length > 0 ? databases : places.databases
    case 'link':
      return [...places.nodes, ...places.databases, ...places.kinds, ...places.regions]
    default:
      return []
  }
}

export function hasTwoEnds(where: string): boolean {
  return where === 'link' || where === 'regions'
}

/** What is wrong, by the name of the field; empty when it can be sent. */
export function formErrors(fault: FaultInfo, form: FaultForm): Record<string, string> {
  const errors: Record<string, string> = {}
  if (hasTwoEnds(form.where)) {
    if (!form.from) errors['from'] = 'choose where it starts'
    if (!form.to) errors['to'] = 'choose where it ends'
    else if (form.from === form.to) errors['to'] = 'choose another place than where it starts'
  } else if (form.where !== 'cluster' && !form.target) errors['target'] = 'choose one'
  for (const parameter of fault.parameters) {
    const wrong = valueError(parameter.schema, form.parameters[parameter.name] ?? '')
    if (wrong) errors[parameter.name] = wrong
  }
  const forS = Number(form.forS)
  if (!(form.forS.trim() !== '' && forS >= 0.1 && forS <= MAX_FOR_S))
    errors['forS'] = `a number of seconds up to ${MAX_FOR_S}`
  return errors
}

export function valueKind({ type, enum: choices }: ValueSchema): 'choice' | 'switch' | 'number' | 'text' {
  if (choices) return 'choice'
  const types = typeof type === 'string' ? [type] : (type ?? [])
  if (types.includes('boolean')) return 'switch'
  return types.includes('number') || types.includes('integer') ? 'number' : 'text'
}

function valueError(schema: ValueSchema, text: string): string | undefined {
  const {
    minimum = Number.NEGATIVE_INFINITY,
    maximum = Number.POSITIVE_INFINITY,
    exclusiveMinimum,
    minLength = 0,
    maxLength,
    pattern,
    enum: choices,
  } = schema
  switch (valueKind(schema)) {
    case 'number': {
      const value = Number(text)
      if (text.trim() === '' || !Number.isFinite(value)) return 'a number'
      if (schema.type === 'integer' && !Number.isInteger(value)) return 'a whole number'
      if (value < minimum || value > maximum || (exclusiveMinimum !== undefined && value <= exclusiveMinimum))
        return rangeText(schema)
      return undefined
    }
    case 'choice':
      return choices?.map(String).includes(text) ? undefined : 'one of those on offer'
    case 'switch':
      return text === 'true' || text === 'false' ? undefined : 'on or off'
    case 'text':
      if (text.length < minLength || text.length > (maxLength ?? 1000))
        return `${minLength} to ${maxLength ?? 1000} characters`
      return pattern && !new RegExp(pattern, 'u').test(text) ? 'another form of text' : undefined
  }
}

export function rangeText({ minimum, maximum, exclusiveMinimum }: ValueSchema): string {
  const low = minimum ?? exclusiveMinimum
  if (low !== undefined && maximum !== undefined) return `from ${low} to ${maximum}`
  if (low !== undefined) return `${low} or more`
  return maximum === undefined ? 'a number' : `${maximum} or less`
}

/** Of a form without errors. */
export function toInjection(fault: FaultInfo, { where, target, from, to, parameters, forS }: FaultForm): Injection {
  return {
    fault: fault.id,
    ...(hasTwoEnds(where) ? { from, to } : where === 'cluster' ? {} : { target }),
    parameters: Object.fromEntries(
      fault.parameters.map((parameter) => [
        parameter.name,
        parameterValue(parameter, parameters[parameter.name] ?? ''),
      ]),
    ),
    forS: Number(forS),
  }
}

function parameterValue({ schema }: ParameterInfo, text: string): string | number | boolean {
  switch (valueKind(schema)) {
    case 'number':
      return Number(text)
    case 'switch':
      return text === 'true'
    case 'choice':
      return (schema.enum?.find((choice) => String(choice) === text) as string | number | undefined) ?? text
    case 'text':
      return text
  }
}
