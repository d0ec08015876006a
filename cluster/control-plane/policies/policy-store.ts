// What was changed of the policies, and what is in force therefore. It knows values only: who heeds them is told by documents.
import { type CallPolicy, defaultPolicy } from '../../../services/kit/calls/policy.ts'
import type { ControlDocument } from '../../../services/kit/control/document.ts'
import {
  type CataloguedPolicy,
  clusterSettings,
  findPolicy,
  policyCatalogue,
} from '../../../services/kit/policies/catalogue.ts'
import { defaultKindPolicy } from '../../../services/kit/policies/kind-policy.ts'
import { defaultsOf, refuseValue } from '../../../services/kit/policies/setting.ts'
import type { NodeKind } from '../../topology/kinds.ts'
import type { CallPolicies } from '../../topology/policies.ts'
import { type Place, placeKey, placesNamed, placesOf, refused } from './places.ts'
import type { Changed, PolicyChange, PolicyTarget } from './policy-contract.ts'

type Value = number | boolean | string
type Values = Record<string, Value>

/** A change of one value at one place; `after` is undefined when it goes back to its default. */
export type PlannedChange = { name: string; place: Place; after: Value | undefined }

export type PlaceView = { place: Place; values: Values; defaults: Values; changed: string[] }

export class PolicyStore {
  readonly #base: CallPolicies
  readonly #overrides = new Map<string, Values>()

  /** @param base the cluster's own settings of calls, where they differ from the catalogue's defaults */
  constructor(base: CallPolicies) {
    this.#base = base
  }

  /** What these changes come to. Throws a 400 that names the first setting that is unknown, or whose value or target is not valid. */
  plan(changes: readonly PolicyChange[]): PlannedChange[] {
    return changes.flatMap(({ name, value, ...target }) => {
      const policy = known(name)
      const refusal = refuseValue(name, policy.setting, value)
      if (refusal !== undefined) throw refused('value', refusal)
      return placesOf(policy, target).map((place) => ({ name, place, after: value }))
    })
  }

  /** What it comes to to put a policy back, or all of them. Throws as `plan` does. */
  planReset(name: string | undefined, target: PolicyTarget): PlannedChange[] {
    const places = name === undefined ? placesNamed(target) : placesOf(known(name), target)
    return places.flatMap((place) =>
      Object.keys(this.#overridesAt(place))
        .filter((changed) => name === undefined || changed === name)
        .map((changed) => ({ name: changed, place, after: undefined })),
    )
  }

  /** What a reset concerns, whether anything was changed there or not. */
  reach(name: string | undefined, target: PolicyTarget): { place: Place; name?: string }[] {
    if (name === undefined) return placesNamed(target).map((place) => ({ place }))
    return placesOf(known(name), target).map((place) => ({ place, name }))
  }

  /** Carries out what was planned; returns what is different now. */
  apply(planned: readonly PlannedChange[]): (Changed & { place: Place })[] {
    return planned.flatMap(({ name, place, after }) => {
      const before = this.value(place, name)
      const { [name]: _, ...rest } = this.#overridesAt(place)
      const isDefault = after === undefined || after === this.#defaultsAt(place)[name]
      this.#overrides.set(overrideKey(place), isDefault ? rest : { ...rest, [name]: after })
      const value = this.value(place, name)
      if (value === before) return []
      const { scope: _scope, ...where } = place
      return [{ name, value, before, ...where, place }]
    })
  }

  /** The value in force at a place that has this setting. */
  value(place: Place, name: string): Value {
    // A place has every setting of its scope.
    return (this.#overridesAt(place)[name] ?? this.#defaultsAt(place)[name]) as Value
  }

  /** What was changed, as changes that would bring a new store to the same. */
  changes(): PolicyChange[] {
    return placesNamed({}).flatMap((place) => {
      const { scope: _, ...target } = place
      return Object.entries(this.#overridesAt(place)).map(([name, value]) => ({ name, value, ...target }))
    })
  }

  view(target: PolicyTarget): PlaceView[] {
    return placesNamed(target).map((place) => {
      const heeded = policyCatalogue.filter((policy) => isHeededAt(policy, place)).map(({ name }) => name)
      const overrides = this.#overridesAt(place)
      const defaults = this.#defaultsAt(place)
      const pick = (from: Values): Values =>
        Object.fromEntries(heeded.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
      return {
        place,
        values: pick({ ...defaults, ...overrides }),
        defaults: pick(defaults),
        changed: Object.keys(overrides),
      }
    })
  }

  /** Overrides of the kit's defaults, for the documents of the callers. */
  callPolicies(): Partial<Record<NodeKind, ControlDocument['policies']>> {
    const merged: Partial<Record<NodeKind, ControlDocument['policies']>> = structuredClone(this.#base)
    for (const [key, values] of this.#overrides) {
      const [scope, caller, callee] = key.split(' ')
      if (scope !== 'call' || !caller || !callee || Object.keys(values).length === 0) continue
      const kind = caller as NodeKind
      const callees = merged[kind] ?? {}
      merged[kind] = callees
      // Checked against the catalogue, which is where the type comes from.
      callees[callee] = { ...callees[callee], ...(values as Partial<CallPolicy>) }
    }
    return merged
  }

  /** Overrides of the kit's defaults, for the documents of each kind of node. */
  kindPolicies(): Partial<Record<NodeKind, ControlDocument['policy']>> {
    return Object.fromEntries(
      [...this.#overrides].flatMap(([key, values]) => {
        const [scope, kind] = key.split(' ')
        return scope === 'kind' && kind && Object.keys(values).length > 0 ? [[kind, values]] : []
      }),
    )
  }

  #overridesAt(place: Place): Values {
    return this.#overrides.get(overrideKey(place)) ?? {}
  }

  #defaultsAt(place: Place): Values {
    switch (place.scope) {
      case 'call':
        return { ...defaultPolicy, ...this.#base[place.caller]?.[place.callee] }
      case 'kind':
        return { ...defaultKindPolicy }
      case 'cluster':
        return { ...defaultsOf(clusterSettings) }
    }
  }
}

function overrideKey(place: Place): string {
  return `${place.scope} ${placeKey(place)}`
}

function known(name: string): CataloguedPolicy {
  const policy = findPolicy(name)
  if (policy) return policy
  const alike = policyCatalogue.filter((each) => each.name.toLowerCase().startsWith(name.toLowerCase().slice(0, 4)))
  const hint = alike.length > 0 ? alike : policyCatalogue
  throw refused(
    'name',
    `there is no policy ${name.slice(0, 64)}; there ${alike.length > 0 ? 'is' : 'are'} ${hint.map((each) => each.name).join(', ')}`,
  )
}

function isHeededAt({ scope, setting }: CataloguedPolicy, place: Place): boolean {
  if (scope !== place.scope) return false
  return place.scope !== 'kind' || setting.kinds === undefined || setting.kinds.includes(place.kind)
}
