// The injection point "network link": makes conditions of a link out of the faults that concern it.
// What each fault does to bytes, it decides itself; here several are put together, each with randomness and memory of its own.
import { findFault } from '../../../faults/catalogue.ts'
import type { Fault } from '../../../faults/fault.ts'
import { createRandom, seedFor } from '../../../faults/random.ts'
import { type ActiveFault, fingerprintOf, keyOf } from '../control/active-fault.ts'
import { type Conditions, goodConditions, type LinkConditions } from '../network/conditions.ts'
import type { Link } from '../network/link.ts'

type Way = 'outbound' | 'inbound'
type Effect = { active: ActiveFault; fault: Fault }

export class LinkFaults {
  #effects: Effect[] = []
  #fingerprint = ''
  /** By peer, kept while the same faults are active: their conditions have a memory. */
  readonly #conditions = new Map<string, LinkConditions>()

  /** Returns whether there is another set of faults than before. */
  set(faults: readonly ActiveFault[]): boolean {
    const fingerprint = faults.length === 0 ? '' : fingerprintOf(faults)
    if (fingerprint === this.#fingerprint) return false
    this.#fingerprint = fingerprint
    this.#conditions.clear()
    this.#effects = faults.flatMap((active) => {
      const fault = findFault(active.fault)
      return fault && (active.to || active.from) ? [{ active, fault }] : []
    })
    return true
  }

  applyTo(link: Link, peer: string): void {
    const outbound = this.#effects.filter(({ active }) => active.to?.includes(peer))
    const inbound = this.#effects.filter(({ active }) => active.from?.includes(peer))
    const known = this.#conditions.get(peer)
    const conditions = known ?? conditionsOf(peer, outbound, inbound)
    this.#conditions.set(peer, conditions)
    link.setConditions(conditions)
    const begins = [...outbound, ...inbound].filter(({ active, fault }) => fault.acts.resetsAtOnce?.(active.parameters))
    if (begins.length > 0) link.resetOnce(begins.map(({ active }) => keyOf(active)))
  }
}

function conditionsOf(peer: string, outbound: Effect[], inbound: Effect[]): LinkConditions {
  if (outbound.length + inbound.length === 0) return goodConditions
  const lookups = outbound.filter(({ fault }) => fault.acts.lookup)
  return {
    outbound: directionOf(peer, 'outbound', outbound),
    inbound: directionOf(peer, 'inbound', inbound),
    lookup: lookups.length === 0 ? undefined : lookupOf(peer, lookups),
    refreshes: lookups.length > 0,
  }
}

function directionOf(peer: string, way: Way, effects: Effect[]): Conditions | undefined {
  const acting = effects.filter(({ fault }) => fault.acts.segment ?? fault.acts.cut)
  if (acting.length === 0) return undefined
  const deciders = acting.flatMap((effect) => segmentDecider(peer, way, effect))
  return {
    cut: acting.some(({ active, fault }) => fault.acts.cut?.(active.parameters)),
    fate(bytes) {
      const verdicts = deciders.map((decide) => decide(bytes))
      return {
        delayMs: verdicts.reduce((sum, { delayMs = 0 }) => sum + delayMs, 0),
        reset: verdicts.some(({ reset }) => reset),
      }
    },
  }
}

function segmentDecider(peer: string, way: Way, { active, fault }: Effect) {
  const { segment } = fault.acts
  if (!segment) return []
  const random = createRandom(seedFor(active.seed, peer, way))
  let busyUntilMs = 0
  return [
    (bytes: number) => {
      const nowMs = performance.now()
      const busyForMs = Math.max(0, busyUntilMs - nowMs)
      const verdict = segment({ bytes, busyForMs }, active.parameters, random)
      if (verdict.busyForMs !== undefined) busyUntilMs = nowMs + verdict.busyForMs
      return verdict
    },
  ]
}

function lookupOf(name: string, effects: Effect[]): NonNullable<LinkConditions['lookup']> {
  const deciders = effects.map(({ active, fault }) => {
    const random = createRandom(seedFor(active.seed, name, 'lookup'))
    return () => fault.acts.lookup?.({ name }, active.parameters, random) ?? {}
  })
  return () => {
    const verdicts = deciders.map((decide) => decide())
    const code = verdicts.find((verdict) => verdict.code)?.code
    return {
      delayMs: verdicts.reduce((sum, { delayMs = 0 }) => sum + delayMs, 0),
      error: code && lookupError(code, name),
    }
  }
}

/** As Node's own. */
function lookupError(code: string, name: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code, syscall: 'getaddrinfo', hostname: name })
}
