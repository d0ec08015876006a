// Whether a schedule can be played at all, found out before anything is started: do its faults, places, parameters and policies exist?
import { findFault } from '../../faults/catalogue.ts'
import type { Schedule, ScheduleEvent } from '../../faults/schedules/schedule.ts'
import { FaultInjection } from '../control-plane/faults/contract.ts'
import { parseParameters, unknownFault } from '../control-plane/faults/fault-book.ts'
import { databaseKind } from '../control-plane/faults/places.ts'
import { refusedByServers } from '../control-plane/faults/refusals.ts'
import { affected, scopeOf, type World } from '../control-plane/faults/scope.ts'
import { PolicyTarget } from '../control-plane/policies/policy-contract.ts'
import { PolicyStore } from '../control-plane/policies/policy-store.ts'
import { isNodeKind, kindSpec, nodeKinds } from '../topology/kinds.ts'
import { type ClusterSize, type NodeSpec, nodesFor, planScale, postgresNodesFor } from '../topology/nodes.ts'
import { callPolicies } from '../topology/policies.ts'

/** What is wrong with it, a line for each event that cannot be played; empty when nothing is. */
export function problemsOf({ size, events }: Schedule): string[] {
  const checker = new Checker(size)
  return events.flatMap((event, index) => {
    try {
      checker.check(event)
      return []
    } catch (error) {
      return [
        `events[${index}], ${event.do} at ${event.atS} s: ${error instanceof Error ? error.message : String(error)}`,
      ]
    }
  })
}

class Checker {
  readonly #size: ClusterSize
  readonly #policies = new PolicyStore(callPolicies)
  readonly #injected = new Map<string, Extract<ScheduleEvent, { do: 'inject' }>>()
  #nodes: NodeSpec[]

  constructor(size: ClusterSize) {
    this.#size = size
    this.#nodes = nodesFor(size)
  }

  /** Throws an `Error` that says what is wrong. */
  check(event: ScheduleEvent): void {
    switch (event.do) {
      case 'inject':
        this.#inject(event)
        return
      case 'change': {
        const injected = this.#injected.get(event.id)
        if (injected) this.#parameters(injected.fault, { ...injected.parameters, ...event.parameters })
        return
      }
      case 'set': {
        const { atS: _atS, do: _do, name, value, ...target } = event
        this.#policies.plan([{ name, value, ...targetOf(target) }])
        return
      }
      case 'reset': {
        const { atS: _atS, do: _do, name, ...target } = event
        this.#policies.planReset(name, targetOf(target))
        return
      }
      case 'scale':
        this.#scale(event.kind, event.replicas)
        return
      case 'kill':
      case 'restart':
        this.#known(event.node)
        return
      case 'load':
      case 'clear':
      case 'end':
        return
    }
  }

  #inject(event: Extract<ScheduleEvent, { do: 'inject' }>): void {
    const { atS: _atS, do: _do, id, ...injection } = event
    const fault = findFault(event.fault)
    if (!fault) throw new Error(unknownFault(event.fault))
    const parameters = this.#parameters(event.fault, event.parameters)
    const world = this.#world()
    const scope = scopeOf(fault, FaultInjection.parse(injection), parameters, world)
    const targets = affected(fault, scope, world).from
    const why = refusedByServers(fault, parameters, targets, postgresNodesFor(this.#size))
    if (why !== undefined) throw new Error(why)
    this.#injected.set(id, event)
  }

  #parameters(id: string, given: Record<string, unknown>): Record<string, unknown> {
    const fault = findFault(id)
    return fault ? parseParameters(fault, given) : {}
  }

  #scale(kind: string, replicas: number): void {
    if (!isNodeKind(kind)) throw new Error(`there is no kind ${kind}; there are ${nodeKinds.join(', ')}`)
    const { scalable } = kindSpec(kind)
    if (scalable !== true) throw new Error(`${kind} does not scale: ${scalable.reason}`)
    const { add, remove } = planScale(this.#nodes, kind, replicas, this.#size)
    this.#nodes = [...this.#nodes.filter(({ id }) => !remove.some((gone) => gone.id === id)), ...add]
  }

  #known(id: string): void {
    const known = [...this.#nodes, ...postgresNodesFor(this.#size)].map((node) => node.id)
    if (!known.includes(id)) throw new Error(`there is no node ${id}; there are ${known.join(', ')}`)
  }

  #world(): World {
    const servers = postgresNodesFor(this.#size).map(({ id, region }) => ({ id, region, kind: databaseKind }))
    return { inhabitants: [...this.#nodes, ...servers], kinds: nodeKinds }
  }
}

function targetOf(target: object): PolicyTarget {
  const result = PolicyTarget.safeParse(target)
  if (result.success) return result.data
  const [field] = result.error.issues[0]?.path ?? []
  throw new Error(`${String(field)} must be one of ${nodeKinds.join(', ')}`)
}
