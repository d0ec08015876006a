// What of a policy is in force at the places that a target names, and what a typed value must be. Pure.
import type { Policies, PolicySpec, PolicyTarget, PolicyValue } from '../control/policies.ts'

export type PolicyState = {
  /** Undefined when places differ. */
  value: PolicyValue | undefined
  standard: PolicyValue | undefined
  /** Whether it was changed anywhere among these places. */
  changed: boolean
  /** How many places heed it. */
  places: number
}

export function policyState(policies: Policies, { name, scope }: PolicySpec, target: PolicyTarget): PolicyState {
  const places = placesOf(policies, scope, target).filter(({ values }) => name in values)
  const same = (values: readonly (PolicyValue | undefined)[]): PolicyValue | undefined =>
    values.every((value) => value === values[0]) ? values[0] : undefined
  return {
    value: same(places.map(({ values }) => values[name])),
    standard: same(places.map(({ defaults }) => defaults[name])),
    changed: places.some(({ changed }) => changed.includes(name)),
    places: places.length,
  }
}

function placesOf(
  { calls, kinds, cluster }: Policies,
  scope: PolicySpec['scope'],
  { caller, callee, kind }: PolicyTarget,
) {
  switch (scope) {
    case 'call':
      return calls.filter((call) => (caller ?? call.caller) === call.caller && (callee ?? call.callee) === call.callee)
    case 'kind':
      return kinds.filter((each) => (kind ?? each.kind) === each.kind)
    case 'cluster':
      return [cluster]
  }
}

/** The part of a target that a policy of this scope takes. */
export function targetFor(scope: PolicySpec['scope'], { caller, callee, kind }: PolicyTarget): PolicyTarget {
  if (scope === 'call') return { ...(caller ? { caller } : {}), ...(callee ? { callee } : {}) }
  return scope === 'kind' && kind ? { kind } : {}
}

export function parsePolicyValue(
  { type, min, max, whole, choices }: PolicySpec,
  text: string,
): PolicyValue | undefined {
  if (type === 'switch') return text === 'true' ? true : text === 'false' ? false : undefined
  if (type === 'choice') return choices?.includes(text) ? text : undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || (whole && !Number.isInteger(value))) return undefined
  return value < (min ?? value) || value > (max ?? value) ? undefined : value
}
