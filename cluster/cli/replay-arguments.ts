// What `faultline replay` takes beside a file: settings that hold, and parameters of faults.
import { InvalidArgumentError } from 'commander'
import { policyCatalogue } from '../../services/kit/policies/catalogue.ts'
import { policySpec } from '../control-plane/policies/live-policies.ts'
import type { Overrides } from '../replay/overrides.ts'
import { CliError } from './context.ts'
import { findSpec, parsePolicyValue } from './policy-values.ts'

type Setting = NonNullable<Overrides['set']>[number]
type FaultParameter = NonNullable<Overrides['fault']>[number]

/** `retryBudget=on`, `queueLength=20@frontdoor`, `timeoutMs=750@gateway>orders`. Throws `CliError` for a policy or a value that there is not. */
export function parseSetting(text: string): Setting {
  const [, name = '', value = '', place] = /^([^=@]+)=([^@]*)(?:@(.+))?$/.exec(text) ?? []
  if (name === '')
    throw new CliError(`--set ${text}: write policy=value, policy=value@kind or policy=value@caller>callee`)
  const spec = findSpec(policyCatalogue.map(policySpec), name)
  return { name: spec.name, value: parsePolicyValue(spec, value), ...placeOf(place) }
}

function placeOf(place: string | undefined): Pick<Setting, 'caller' | 'callee' | 'kind'> {
  if (place === undefined) return {}
  const [caller = '', callee] = place.split('>').map((end) => end.trim())
  if (callee === undefined) return { kind: caller }
  return { ...(caller === '' ? {} : { caller }), ...(callee === '' ? {} : { callee }) }
}

/** `latency.delayMs=800`, or `latency-2.forS=10` for one injection. Throws commander's `InvalidArgumentError`. */
export function parseFaultParameter(text: string): FaultParameter {
  const [, id, parameter, value] = /^([\w-]+)\.(\w+)=(.*)$/.exec(text) ?? []
  if (id === undefined || parameter === undefined || value === undefined) {
    throw new InvalidArgumentError('It must be fault.parameter=value, for instance latency.delayMs=800.')
  }
  return { id, parameter, value }
}

/** For options that may be given several times. */
export function collect<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before = []) => [...before, parse(text)]
}
