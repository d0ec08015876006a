// Policies that active faults bring along: where they hold, until somebody sets one himself. Pure.
import type { Fault } from '../../../faults/fault.ts'
import type { ActiveFault } from '../../../services/kit/control/active-fault.ts'
import { findPolicy } from '../../../services/kit/policies/catalogue.ts'
import { calls as allCalls, kindsThatHeed, type Place, placeKey } from '../policies/places.ts'

type Value = number | boolean | string
export type Brought = { name: string; place: Place; value: Value }

/** Of a fault whose targets are of these kinds. Throws when it names a policy that there is not: a mistake in the catalogue of faults. */
export function broughtBy(fault: Fault, parameters: Record<string, unknown>, kinds: readonly string[]): Brought[] {
  const { of, calls = {}, kind = {} } = fault.acts.policies?.(parameters) ?? {}
  const concerned = of === undefined ? kinds : [of]
  return [...Object.entries(calls), ...Object.entries(kind)].flatMap(([name, value]) =>
    placesWith(name, concerned).map((place) => ({ name, place, value })),
  )
}

/** A kind that nobody calls, or that does not heed the setting, is passed over. */
function placesWith(name: string, kinds: readonly string[]): Place[] {
  const policy = findPolicy(name)
  if (!policy) throw new Error(`there is no policy ${name}`)
  if (policy.scope === 'call') return allCalls.filter(({ callee }) => kinds.includes(callee))
  const heeding = kindsThatHeed(policy).filter((kind) => kinds.includes(kind))
  return heeding.map((kind) => ({ scope: 'kind', kind }))
}

/** Tells one setting at one place from any other. */
export function settingKey({ name, place }: Pick<Brought, 'name' | 'place'>): string {
  return `${place.scope} ${placeKey(place)} ${name}`
}

/** What a node of this kind is to be told; undefined when nothing concerns it. */
export function policiesFor(kind: string, brought: readonly Brought[]): ActiveFault['policies'] {
  const calls: Record<string, Record<string, Value>> = {}
  const own: Record<string, Value> = {}
  let concerns = false
  for (const { name, place, value } of brought) {
    if (place.scope === 'call' && place.caller === kind) {
      calls[place.callee] = { ...calls[place.callee], [name]: value }
    } else if (place.scope === 'kind' && place.kind === kind) own[name] = value
    else continue
    concerns = true
  }
  // Values of the catalogue's own settings; the node parses them again.
  return concerns ? ({ calls, kind: own } as ActiveFault['policies']) : undefined
}
