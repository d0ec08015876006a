// Values of policies as people type them and as they are printed.
import type { PolicySpec } from '../control-plane/policies/policy-contract.ts'
import { CliError } from './context.ts'

export type PolicyValue = number | boolean | string

const words: Record<string, boolean> = { on: true, true: true, yes: true, off: false, false: false, no: false }

/** Reads a value by the policy's type. Throws `CliError` that names the policy, its unit and its range. */
export function parsePolicyValue({ name, type, range, choices = [] }: PolicySpec, text: string): PolicyValue {
  const refuse = () => new CliError(`${name} must be ${range}; it was ${JSON.stringify(text)}`)
  switch (type) {
    case 'number': {
      const number = Number(text)
      if (text.trim() === '' || Number.isNaN(number)) throw refuse()
      return number
    }
    case 'switch': {
      const value = words[text.toLowerCase()]
      if (value === undefined) throw refuse()
      return value
    }
    case 'choice':
      if (!choices.includes(text)) throw refuse()
      return text
  }
}

/** `750 ms`, `on`, `fifo`. */
export function formatPolicyValue({ unit }: Pick<PolicySpec, 'unit'>, value: PolicyValue | undefined): string {
  if (value === undefined) return '–'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return unit === undefined ? String(value) : `${value} ${unit}`
}

/** The policy of this name, in whatever case it is written. Throws `CliError` that names those that are alike. */
export function findSpec(catalogue: readonly PolicySpec[], name: string): PolicySpec {
  const wanted = plainName(name)
  const found = catalogue.find((spec) => plainName(spec.name) === wanted)
  if (found) return found
  const alike = catalogue.filter((spec) => plainName(`${spec.topic}${spec.name}`).includes(wanted))
  const hint = (alike.length > 0 ? alike : catalogue).map((spec) => spec.name).join(', ')
  throw new CliError(`there is no policy ${name}; ${alike.length > 0 ? 'did you mean' : 'there are'} ${hint}`)
}

/** `timeoutMs`, `timeout-ms` and `TIMEOUT_MS` are one name. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}
