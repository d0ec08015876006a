// Carries changes of policies out: stores them, has the cluster's own part applied, tells the nodes, and leaves an annotation.
import { HttpError } from '../../../services/kit/http/errors.ts'
import type { HandlersOf } from '../../../services/kit/http/routes.ts'
import { policyCatalogue } from '../../../services/kit/policies/catalogue.ts'
import { describeRange } from '../../../services/kit/policies/setting.ts'
import type { Annotations } from '../annotations.ts'
import { settingKey } from '../faults/brought-policies.ts'
import type { FaultBook } from '../faults/fault-book.ts'
import type { Journal } from '../journal.ts'
import type { Supervision } from '../supervision.ts'
import { type Place, placeKey, placeName } from './places.ts'
import type { Changed, Policies, PolicyChange, PolicySpec, PolicyTarget, policyApi } from './policy-contract.ts'
import type { PlannedChange, PolicyStore } from './policy-store.ts'

export type LivePoliciesDeps = {
  store: PolicyStore
  annotations: Annotations
  journal: Journal
  faults: Pick<FaultBook, 'brought' | 'overrule'>
  supervision: Pick<Supervision, 'setSynchronousReplication'>
  /** Sends changed documents; resolves to whether every node has applied them in time. */
  publish(): Promise<boolean>
  /** What is set is another now. */
  onChange?: (() => void) | undefined
}

/** The handlers of the policies' API. */
export function policyHandlers(deps: LivePoliciesDeps): HandlersOf<typeof policyApi> {
  return {
    getPolicies: ({ query }) => viewOf(deps, query),
    setPolicies: ({ body }) => set(deps, body.changes),
    setPolicy: ({ params, body }) => set(deps, [{ ...body, name: params.name }]),
    resetPolicies: ({ query }) => reset(deps, undefined, query),
    resetPolicy: ({ params, query }) => reset(deps, params.name, query),
  }
}

async function set(deps: LivePoliciesDeps, changes: readonly PolicyChange[]) {
  const planned = deps.store.plan(changes)
  const outcome = await carryOut(deps, planned, planned)
  for (const { name, value, ...target } of changes) deps.journal.add({ do: 'set', name, value, ...named(target) })
  return outcome
}

async function reset(deps: LivePoliciesDeps, name: string | undefined, target: PolicyTarget) {
  const outcome = await carryOut(deps, deps.store.planReset(name, target), deps.store.reach(name, target))
  deps.journal.add({ do: 'reset', ...(name === undefined ? {} : { name }), ...named(target) })
  return outcome
}

/** What it names, without what it leaves out. */
function named({ caller, callee, kind }: PolicyTarget): { caller?: string; callee?: string; kind?: string } {
  return {
    ...(caller === undefined ? {} : { caller }),
    ...(callee === undefined ? {} : { callee }),
    ...(kind === undefined ? {} : { kind }),
  }
}

/** @param concerned where somebody has decided himself: there, what faults have brought along counts no more */
async function carryOut(
  { store, annotations, supervision, faults, publish, onChange }: LivePoliciesDeps,
  planned: readonly PlannedChange[],
  concerned: Parameters<FaultBook['overrule']>[0],
): Promise<{ changed: Changed[]; applied: boolean }> {
  // First, for it is the one that may fail: then nothing has changed.
  const replication = planned.findLast(({ name }) => name === 'synchronousReplication')
  if (replication) await supervision.setSynchronousReplication(replicationMode(replication.after ?? 'off'))
  const changes = withOverruled(store, store.apply(planned), faults.overrule(concerned))
  for (const { subject, text } of describeChanges(changes)) annotations.add('policy', subject, text)
  onChange?.()
  const changed = changes.map(({ place: _, ...change }) => change)
  return { changed, applied: (changes.length === 0 && concerned.length === 0) || (await publish()) }
}

/** What is different now, the end of what faults had brought included. */
function withOverruled(
  store: PolicyStore,
  changes: ReturnType<PolicyStore['apply']>,
  overruled: ReturnType<FaultBook['overrule']>,
): ReturnType<PolicyStore['apply']> {
  const before = new Map(overruled.map((brought) => [settingKey(brought), brought]))
  const others = changes.filter((change) => !before.has(settingKey(change)))
  const ended = [...before.values()].flatMap(({ name, place, value: was }) => {
    const value = store.value(place, name)
    const { scope: _scope, ...where } = place
    return value === was ? [] : [{ name, value, before: was, ...where, place }]
  })
  return [...others, ...ended]
}

/** Throws an `HttpError` 500 for what is no mode. */
export function replicationMode(value: PlannedChange['after']): 'off' | 'any' | 'all' {
  if (value === 'any' || value === 'all' || value === 'off') return value
  // plan() has let nothing else pass.
  throw new HttpError(500, 'internal', 'not a mode of replication')
}

/** One line for each setting and value: `timeoutMs of gateway → orders is 750 (was 4000)`. */
function describeChanges(changes: ReturnType<PolicyStore['apply']>): { subject: string; text: string }[] {
  const groups = new Map<string, typeof changes>()
  for (const change of changes) {
    const key = JSON.stringify([change.name, change.value, change.before])
    groups.set(key, [...(groups.get(key) ?? []), change])
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return []
    const { name, value, before, place } = first
    const where = others.length === 0 ? placeName(place) : `${placeName(place)} and ${others.length} more`
    return [
      {
        subject: others.length === 0 ? subjectOf(place) : 'cluster',
        text: `${name} of ${where} is ${value} (was ${before})`,
      },
    ]
  })
}

/** Who goes by it: the calling kind of node for a setting of calls. */
function subjectOf(place: Place): string {
  if (place.scope === 'cluster') return 'cluster'
  return place.scope === 'kind' ? place.kind : place.caller
}

function viewOf({ store, faults }: LivePoliciesDeps, target: Parameters<PolicyStore['view']>[0]): Policies {
  const brought = faults.brought()
  const views = store.view(target).map((view) => {
    const here = brought.filter(
      ({ place }) => placeKey(place) === placeKey(view.place) && place.scope === view.place.scope,
    )
    if (here.length === 0) return view
    const values = { ...view.values, ...Object.fromEntries(here.map(({ name, value }) => [name, value])) }
    return { ...view, values, changed: [...new Set([...view.changed, ...here.map(({ name }) => name)])] }
  })
  const clusterWide = views.find(({ place }) => place.scope === 'cluster')
  return {
    catalogue: policyCatalogue.map(policySpec),
    calls: views.flatMap(({ place, ...inForce }) =>
      place.scope === 'call' ? [{ caller: place.caller, callee: place.callee, ...inForce }] : [],
    ),
    kinds: views.flatMap(({ place, ...inForce }) => (place.scope === 'kind' ? [{ kind: place.kind, ...inForce }] : [])),
    cluster: {
      values: clusterWide?.values ?? {},
      defaults: clusterWide?.defaults ?? {},
      changed: clusterWide?.changed ?? [],
    },
  }
}

/** A policy of the catalogue as the API shows it. */
export function policySpec({ name, scope, topic, setting }: (typeof policyCatalogue)[number]): PolicySpec {
  const { does, cures = [], kinds, type } = setting
  return {
    name,
    scope,
    topic,
    does,
    cures: [...cures],
    ...(kinds ? { kinds: [...kinds] } : {}),
    type,
    ...(setting.type === 'number'
      ? { unit: setting.unit, min: setting.min, max: setting.max, whole: setting.whole }
      : {}),
    ...(setting.type === 'choice' ? { choices: [...setting.choices] } : {}),
    range: describeRange(setting),
    default: setting.default,
  }
}
