// Plays a schedule on a running cluster, over its control plane: each event at its time, whatever becomes of the one before.
import { setTimeout as delay } from 'node:timers/promises'
import { seedFor } from '../../faults/random.ts'
import type { InjectEvent, Schedule, ScheduleEvent } from '../../faults/schedules/schedule.ts'
import type { ClientOf } from '../../services/kit/http/client.ts'
import type { controlApi } from '../control-plane/contract.ts'
import { PolicyTarget } from '../control-plane/policies/policy-contract.ts'

export type PlayDeps = {
  control: ClientOf<typeof controlApi>
  /** Breaks off. */
  signal: AbortSignal
  /** Told of each event when it is due, and of those that the control plane has refused. */
  onEvent?(event: ScheduleEvent, refusal?: string): void
}

/** An answer waits for nodes that may be frozen; the next event does not wait longer than this for it. */
const ANSWER_MS = 250

/**
 * Resolves when all of it is over, to when it began, in ms since 1970. What is still active then stays. Rejects with an `AbortError` when it is
 * broken off; an event that is refused, for instance since its injection has ended already, does not stop it.
 */
export async function playSchedule(schedule: Schedule, deps: PlayDeps): Promise<{ startMs: number }> {
  const { load, events, durationS } = schedule
  const begun = performance.now()
  const startMs = Date.now()
  const player = new Player(deps.control, schedule.seed)
  const until = (atS: number) =>
    delay(Math.max(0, begun + atS * 1_000 - performance.now()), undefined, { signal: deps.signal })
  const carryOut = async (event: ScheduleEvent): Promise<void> => {
    deps.onEvent?.(event)
    const done = player.carryOut(event).catch((error: unknown) => {
      deps.onEvent?.(event, error instanceof Error ? error.message : String(error))
    })
    const enough = new AbortController()
    await Promise.race([done, delay(ANSWER_MS, undefined, { signal: enough.signal }).catch(() => undefined)])
    enough.abort()
  }
  if (load > 0) await carryOut({ atS: 0, do: 'load', requestsPerSecond: load })
  for (const event of events) {
    if (event.do === 'end') continue
    await until(event.atS)
    await carryOut(event)
  }
  await until(durationS)
  return { startMs }
}

/** Of the decisions of an injection that names none: the schedule's own seed decides. */
export function seedOf({ id, seed }: InjectEvent, scheduleSeed: number): number {
  return seed ?? seedFor(scheduleSeed, 'injection', id)
}

class Player {
  readonly #control: ClientOf<typeof controlApi>
  readonly #seed: number
  /** What the control plane calls an injection of the schedule. */
  readonly #ids = new Map<string, Promise<string>>()

  constructor(control: ClientOf<typeof controlApi>, seed: number) {
    this.#control = control
    this.#seed = seed
  }

  async carryOut(event: ScheduleEvent): Promise<void> {
    const control = this.#control
    switch (event.do) {
      case 'load':
        await control.setLoad({ body: { requestsPerSecond: event.requestsPerSecond } })
        return
      case 'inject': {
        const id = this.#inject(event)
        this.#ids.set(event.id, id)
        await id
        return
      }
      case 'change': {
        const { parameters, forS } = event
        const body = { ...(parameters === undefined ? {} : { parameters }), ...(forS === undefined ? {} : { forS }) }
        await control.changeFault({ params: { id: await this.#idOf(event.id) }, body })
        return
      }
      case 'clear':
        await control.clearFault({ params: { id: await this.#idOf(event.id) } })
        return
      case 'set': {
        const { name, value, caller, callee, kind } = event
        await control.setPolicy({ params: { name }, body: { value, ...PolicyTarget.parse({ caller, callee, kind }) } })
        return
      }
      case 'reset': {
        const { name, caller, callee, kind } = event
        const query = PolicyTarget.parse({ caller, callee, kind })
        if (name === undefined) await control.resetPolicies({ query })
        else await control.resetPolicy({ params: { name }, query })
        return
      }
      case 'scale':
        await control.scale({ body: { kind: event.kind, replicas: event.replicas } })
        return
      case 'kill':
        await control.killNode({ params: { id: event.node } })
        return
      case 'restart':
        await control.restartNode({ params: { id: event.node } })
        return
      case 'end':
        return
    }
  }

  async #inject(event: InjectEvent): Promise<string> {
    const { fault, target, from, to, parameters, forS, secret = false } = event
    const seed = seedOf(event, this.#seed)
    const { id } = await this.#control.injectFault({
      body: { fault, target, from, to, parameters, forS, secret, seed },
    })
    return id
  }

  /** Rejects as the injection did. */
  #idOf(id: string): Promise<string> {
    return this.#ids.get(id) ?? Promise.reject(new Error(`${id} was not injected`))
  }
}
