// Where a policy can be set: a call between two kinds of node, a kind of node, the cluster. Pure.
import { HttpError } from '../../../services/kit/http/errors.ts'
import type { CataloguedPolicy } from '../../../services/kit/policies/catalogue.ts'
import { isNodeKind, kindSpec, type NodeKind, nodeKinds } from '../../topology/kinds.ts'
import type { PolicyTarget } from './policy-contract.ts'

export type Place =
  | { scope: 'call'; caller: NodeKind; callee: NodeKind }
  | { scope: 'kind'; kind: NodeKind }
  | { scope: 'cluster' }

/** Every call that a kind of node makes. */
export const calls: readonly Extract<Place, { scope: 'call' }>[] = nodeKinds.flatMap((caller) =>
  kindSpec(caller)
    .calls.filter(isNodeKind)
    .map((callee) => ({ scope: 'call' as const, caller, callee })),
)

/** Unique for each place. */
export function placeKey(place: Place): string {
  switch (place.scope) {
    case 'call':
      return `${place.caller} ${place.callee}`
    case 'kind':
      return place.kind
    case 'cluster':
      return ''
  }
}

/** For people: `gateway → orders`, `orders`, `the cluster`. */
export function placeName(place: Place): string {
  switch (place.scope) {
    case 'call':
      return `${place.caller} → ${place.callee}`
    case 'kind':
      return place.kind
    case 'cluster':
      return 'the cluster'
  }
}

/** All places of one policy that the target names. Throws a 400 that says what is wrong with the target when there is none. */
export function placesOf(policy: CataloguedPolicy, target: PolicyTarget): Place[] {
  const { name, scope } = policy
  const { caller, callee, kind } = target
  switch (scope) {
    case 'call': {
      if (kind !== undefined) {
        throw refused('kind', `${name} is a setting of calls: name a caller and a callee instead of a kind of node`)
      }
      const found = callsOf(target)
      if (found.length === 0) throw refused(caller === undefined ? 'callee' : 'caller', noSuchCall(caller, callee))
      return found
    }
    case 'kind': {
      if (caller !== undefined || callee !== undefined) {
        const field = caller === undefined ? 'callee' : 'caller'
        throw refused(field, `${name} is a setting of a kind of node: name a kind instead of a caller and a callee`)
      }
      const kinds = kindsThatHeed(policy)
      const found = kinds.filter((each) => kind === undefined || each === kind)
      if (found.length === 0) throw refused('kind', `${kind} does not heed ${name}; ${kinds.join(', ')} do`)
      return found.map((each) => ({ scope, kind: each }))
    }
    case 'cluster': {
      if (caller !== undefined || callee !== undefined || kind !== undefined) {
        throw refused('name', `${name} is a setting of the whole cluster: it takes no caller, callee or kind`)
      }
      return [{ scope }]
    }
  }
}

/** Every place that the target names, whatever is set there; all without a target. */
export function placesNamed({ caller, callee, kind }: PolicyTarget): Place[] {
  if (kind !== undefined) {
    const place = { scope: 'kind' as const, kind: kind as NodeKind }
    return caller === undefined && callee === undefined ? [place] : [place, ...callsOf({ caller, callee })]
  }
  if (caller !== undefined || callee !== undefined) {
    const found = callsOf({ caller, callee })
    if (found.length === 0) throw refused(caller === undefined ? 'callee' : 'caller', noSuchCall(caller, callee))
    return found
  }
  return [...calls, ...nodeKinds.map((each) => ({ scope: 'kind' as const, kind: each })), { scope: 'cluster' }]
}

export function kindsThatHeed({ setting }: CataloguedPolicy): NodeKind[] {
  return nodeKinds.filter((kind) => setting.kinds === undefined || setting.kinds.includes(kind))
}

function callsOf({ caller, callee }: PolicyTarget): Place[] {
  return calls.filter(
    (call) => (caller === undefined || call.caller === caller) && (callee === undefined || call.callee === callee),
  )
}

function noSuchCall(caller: string | undefined, callee: string | undefined): string {
  if (caller === undefined) return `nobody calls ${callee}`
  const callees = calls.filter((call) => call.caller === caller).map((call) => call.callee)
  if (callees.length === 0) return `${caller} calls nobody`
  return `${caller} does not call ${callee}; it calls ${callees.join(', ')}`
}

export function refused(field: string, message: string): HttpError {
  return new HttpError(400, 'invalid_request', message, { fields: [{ field, message }] })
}
