// What is broken on purpose at present: injects, changes, ends each when its time is up, and says what a node is to be told.
// It keeps no sockets; `changed` has the documents sent.
import { randomInt } from 'node:crypto'
import { catalogue, findFault } from '../../../faults/catalogue.ts'
import type { Fault } from '../../../faults/fault.ts'
import { seedFor } from '../../../faults/random.ts'
import type { ActiveFault } from '../../../services/kit/control/active-fault.ts'
import { type FieldError, HttpError } from '../../../services/kit/http/errors.ts'
import type { Annotation } from '../contract.ts'
import type { Change } from '../journal.ts'
import type { Place } from '../policies/places.ts'
import { type Brought, broughtBy, policiesFor, settingKey } from './brought-policies.ts'
import type { FaultInjection, InjectedFault } from './contract.ts'
import { affected, describe, type Scope, scopeFor, scopeOf, subjectOf, type World, withParameters } from './scope.ts'

/** More at once than anybody can follow. */
const MAX_ACTIVE = 64

export type FaultBookDeps = {
  world: () => World
  /** Has the documents of the nodes sent. */
  changed: () => void
  /** Why nobody here could carry the fault out; undefined when somebody can. */
  refuse?: (fault: Fault, parameters: Record<string, unknown>, targets: readonly string[]) => string | undefined
  /** Makes a change known to everybody; of what is secret, nothing but a roll-out. */
  annotate: (kind: Annotation['kind'], subject: string, text: string) => void
  /** Notes a change in full, also of what is secret. */
  journal?: (change: Change) => void
}

type Injected = {
  id: string
  fault: Fault
  scope: Scope
  injection: FaultInjection
  parameters: Record<string, unknown>
  seed: number
  revision: number
  startedAt: Date
  beganAtMs: number
  endsAtMs: number
  timer: NodeJS.Timeout
  /** The stream over which each node first heard of it. */
  firstTold: Map<string, number>
  /** Settings that it has brought, and somebody has set since. */
  overruled: Set<string>
}

/** As a node is told of it, but with its beginning and end instead of the time since and until then. */
export type ToldFault = Omit<ActiveFault, 'remainingMs' | 'sinceMs'> & { endsAtMs: number; beganAtMs: number }

export class FaultBook {
  readonly #deps: FaultBookDeps
  readonly #active = new Map<string, Injected>()
  #count = 0

  constructor(deps: FaultBookDeps) {
    this.#deps = deps
  }

  /** Throws an `HttpError`: 404 for a fault or place that there is not, 400 for a target or parameter that is not valid, 409 for what cannot be done here. */
  inject(injection: FaultInjection): InjectedFault {
    const fault = findFault(injection.fault)
    if (!fault) throw new HttpError(404, 'unknown_fault', unknownFault(injection.fault))
    const parameters = parseParameters(fault, injection.parameters)
    const world = this.#deps.world()
    const scope = scopeOf(fault, injection, parameters, world)
    const why = this.#deps.refuse?.(fault, parameters, affected(fault, scope, world).from)
    if (why !== undefined) throw new HttpError(409, 'not_possible_here', why)
    if (this.#active.size >= MAX_ACTIVE) {
      throw new HttpError(409, 'too_many_faults', `${MAX_ACTIVE} faults are active already; clear some first`)
    }
    const id = `${fault.id}-${++this.#count}`
    const injected: Injected = {
      id,
      fault,
      scope,
      injection,
      parameters,
      seed: injection.seed ?? randomInt(0x1_0000_0000),
      revision: 0,
      startedAt: new Date(),
      ...this.#lasting(id, injection.forS),
      beganAtMs: performance.now(),
      firstTold: new Map(),
      overruled: new Set(),
    }
    this.#active.set(id, injected)
    this.#announce(injected, 'rolled out')
    this.#annotate(injected, `fault ${id} injected at ${describe(scope)} for ${injection.forS} s${inWords(parameters)}`)
    this.#deps.journal?.(asChange(injected))
    this.#deps.changed()
    return this.#show(injected)
  }

  change(
    id: string,
    change: { parameters?: FaultInjection['parameters'] | undefined; forS?: number | undefined },
  ): InjectedFault {
    const injected = this.#get(id)
    const given = { ...injected.injection.parameters, ...change.parameters }
    injected.parameters = parseParameters(injected.fault, given)
    injected.injection = { ...injected.injection, parameters: given }
    injected.scope = withParameters(injected.scope, injected.fault, injected.parameters)
    injected.revision++
    if (change.forS !== undefined) {
      clearTimeout(injected.timer)
      Object.assign(injected, this.#lasting(id, change.forS))
    }
    this.#deps.journal?.({ do: 'change', id, ...defined(change) })
    const leftS = Math.round((injected.endsAtMs - performance.now()) / 1_000)
    this.#annotate(injected, `fault ${id} changed: ${leftS} s to go${inWords(injected.parameters)}`)
    this.#deps.changed()
    return this.#show(injected)
  }

  clear(id: string): void {
    this.#end(this.#get(id), 'cleared')
  }

  /** Ids of those that were active. */
  clearAll(): string[] {
    const all = [...this.#active.values()]
    for (const injected of all) this.#end(injected, 'cleared')
    return all.map(({ id }) => id)
  }

  list(): InjectedFault[] {
    return [...this.#active.values()].map((injected) => this.#show(injected))
  }

  /** What the node is to be told; `session` is the number of its stream. */
  toldTo(node: string, session: number): ToldFault[] {
    const world = this.#deps.world()
    return [...this.#active.values()].flatMap((injected) => {
      const { id, fault, scope, parameters, seed, revision, beganAtMs, endsAtMs, firstTold } = injected
      const kind = world.inhabitants.find((one) => one.id === node)?.kind
      const policies = kind && policiesFor(kind, this.#broughtBy(injected, world))
      const own = scopeFor(node, fault, scope, world)
      const part = own ?? (policies && { bystander: true })
      if (!part) return []
      if (!firstTold.has(node)) firstTold.set(node, session)
      const again = firstTold.get(node) !== session
      // Of its own, for two nodes on whose links the same is wrong do not lose the same packets.
      const seeds = { seed: seedFor(seed, node), commonSeed: seed }
      const its = { ...seeds, beganAtMs, endsAtMs, again, ...part, ...(policies ? { policies } : {}) }
      return [{ fault: fault.id, instance: id, revision, parameters, ...its }]
    })
  }

  /** Settings that are in force since faults have brought them, with what they are. */
  brought(): Brought[] {
    const world = this.#deps.world()
    return [...this.#active.values()].flatMap((injected) => this.#broughtBy(injected, world))
  }

  /** Somebody has set these himself, or all of a place where no name is given: what faults have brought is gone. Returns what that was. */
  overrule(settings: readonly { place: Place; name?: string }[]): Brought[] {
    const world = this.#deps.world()
    const keyOf = ({ place, name }: { place: Place; name?: string }) => settingKey({ place, name: name ?? '' })
    const keys = new Set(settings.map(keyOf))
    const gone: Brought[] = []
    for (const injected of this.#active.values()) {
      for (const brought of this.#broughtBy(injected, world)) {
        if (!keys.has(settingKey(brought)) && !keys.has(keyOf({ place: brought.place }))) continue
        injected.overruled.add(settingKey(brought))
        gone.push(brought)
      }
    }
    return gone
  }

  /** Ends everything without a word. */
  close(): void {
    for (const { timer } of this.#active.values()) clearTimeout(timer)
    this.#active.clear()
  }

  #lasting(id: string, forS: number): Pick<Injected, 'endsAtMs' | 'timer'> {
    const timer = setTimeout(() => {
      const injected = this.#active.get(id)
      if (injected) this.#end(injected, 'ended by itself')
    }, forS * 1_000)
    timer.unref()
    return { endsAtMs: performance.now() + forS * 1_000, timer }
  }

  #end(injected: Injected, how: 'cleared' | 'ended by itself'): void {
    clearTimeout(injected.timer)
    this.#active.delete(injected.id)
    this.#announce(injected, 'rolled back')
    this.#annotate(injected, `fault ${injected.id} ${how}`)
    this.#deps.journal?.({ do: how === 'cleared' ? 'clear' : 'end', id: injected.id })
    this.#deps.changed()
  }

  #get(id: string): Injected {
    const injected = this.#active.get(id)
    if (injected) return injected
    const known = [...this.#active.keys()].join(', ')
    throw new HttpError(404, 'not_active', `no fault ${id} is active; active: ${known === '' ? 'none' : known}`)
  }

  #annotate({ injection, scope }: Injected, text: string): void {
    if (!injection.secret) this.#deps.annotate('fault', subjectOf(scope), text)
  }

  #announce({ fault, scope, parameters }: Injected, how: string): void {
    const what = fault.rollout?.(parameters)
    if (what !== undefined) this.#deps.annotate('rollout', subjectOf(scope), `${what} ${how} at ${describe(scope)}`)
  }

  #broughtBy({ fault, scope, parameters, overruled }: Injected, world: World): Brought[] {
    if (!fault.acts.policies) return []
    const { from } = affected(fault, scope, world)
    const kinds = new Set(world.inhabitants.filter(({ id }) => from.includes(id)).map(({ kind }) => kind))
    return broughtBy(fault, parameters, [...kinds]).filter((brought) => !overruled.has(settingKey(brought)))
  }

  #show({ id, fault, scope, injection, parameters, seed, startedAt, endsAtMs }: Injected): InjectedFault {
    const remainingMs = Math.max(0, endsAtMs - performance.now())
    const world = this.#deps.world()
    const { from, to } = affected(fault, scope, world)
    return {
      id,
      fault: fault.id,
      target: describe(scope),
      from: scope.kind === 'link' ? scope.from : null,
      to: scope.kind === 'link' ? scope.to : null,
      parameters,
      seed,
      secret: injection.secret,
      startedAt: startedAt.toISOString(),
      endsAt: new Date(Date.now() + remainingMs).toISOString(),
      remainingS: remainingMs / 1_000,
      nodes: scope.kind === 'link' ? [...new Set([...from, ...to])] : from,
    }
  }
}

/** With all its parameters and its seed, so that it can be injected again as it was. */
function asChange({ id, injection, parameters, seed }: Injected): Change {
  const { fault, target, from, to, forS, secret } = injection
  // Parsed by its schema, which knows nothing but words, numbers and switches.
  const all = parameters as FaultInjection['parameters']
  return {
    ...{ do: 'inject', id, fault, ...defined({ target, from, to }), parameters: all, forS, seed },
    ...(secret ? { secret } : {}),
  }
}

/** Without the members that have no value. */
function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // What is left has a value, which is what the type says.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}

/** Throws a 400 that names each parameter at fault with what it must be. */
export function parseParameters(fault: Fault, given: Record<string, unknown>): Record<string, unknown> {
  const result = fault.parameters.safeParse(given)
  if (result.success) return result.data
  const names = Object.keys(fault.parameters.shape)
  const fields = result.error.issues.flatMap((issue): FieldError[] => {
    if (issue.code !== 'unrecognized_keys') return [{ field: issue.path.join('.'), message: issue.message }]
    const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
    return issue.keys.map((field) => ({ field, message: `is no parameter of ${fault.id}; ${known}` }))
  })
  const message = fields.map(({ field, message }) => `${field} ${message}`).join('; ')
  throw new HttpError(400, 'invalid_parameter', message, { fields })
}

export function unknownFault(id: string): string {
  return `there is no fault ${id}; there are ${catalogue.map((fault) => fault.id).join(', ')}`
}

function inWords(parameters: Record<string, unknown>): string {
  const words = Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`)
  return words.length === 0 ? '' : `, ${words.join(' ')}`
}
