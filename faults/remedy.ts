// What helps against a fault, as data: an experiment that compares a shop without it to one with it, or a measure that there is no switch for.
import type { Indicator } from './indicators.ts'

export type PolicyValue = number | boolean | string

/** Which calls, or which kind of node, a policy is set for; all that heed it when nothing is named. */
export type PolicyPlace = { caller?: string; callee?: string; kind?: string }

/** One policy of an experiment: its value in a shop that lacks the remedy, and in one that has it. */
export type PolicyTrial = PolicyPlace & { policy: string; without: PolicyValue; with: PolicyValue }

/** Replicas by kind of node, in each region for a regional kind. */
export type Replicas = Readonly<Record<string, number>>

type Measured = {
  /** What shows that it helps, where that is not the fault's own indicator. */
  indicator?: Indicator
  why: string
}

export type Remedy =
  | (Measured & { policies: readonly PolicyTrial[]; replicas?: Replicas })
  | (Measured & { replicas: Replicas })
  /** The fault is a change, and taking it back is its end. */
  | (Measured & { undo: string })
  /** What it is for is no figure of customers' requests: the test that shows it instead. */
  | { policies: readonly PolicyTrial[]; shownBy: string; why: string }
  /** No switch of the shop: nothing is measured. */
  | { measure: string; why: string }

export type Experimental = Exclude<Remedy, { measure: string } | { shownBy: string }>

export function isExperiment(remedy: Remedy): remedy is Experimental {
  return !('measure' in remedy || 'shownBy' in remedy)
}

export function policiesOf(remedy: Remedy): readonly PolicyTrial[] {
  return 'policies' in remedy ? remedy.policies : []
}

export function replicasOf(remedy: Remedy): Replicas {
  return 'replicas' in remedy ? (remedy.replicas ?? {}) : {}
}

/** In a few words: `timeoutMs 300`, `hedging on`, `2 products + maxAttempts 3`, `roll back`. */
export function nameOf(remedy: Remedy): string {
  if ('measure' in remedy) return remedy.measure
  if ('undo' in remedy) return remedy.undo
  const replicas = Object.entries(replicasOf(remedy)).map(([kind, count]) => `${count} ${kind}`)
  // One policy may be set at several places.
  const settings = new Set(policiesOf(remedy).map((trial) => `${trial.policy} ${valueText(trial.with)}`))
  return [...replicas, ...settings].join(' + ')
}

/** What to type to apply it while the fault is active; empty for a measure. */
export function commandsOf(remedy: Remedy, fault: string): string[] {
  if ('measure' in remedy) return []
  if ('undo' in remedy) return [`faultline fault clear ${fault}`]
  const scalings = Object.entries(replicasOf(remedy)).map(([kind, count]) => `faultline scale ${kind} ${count}`)
  const settings = policiesOf(remedy).map((trial) =>
    ['faultline policy set', trial.policy, valueText(trial.with), ...placeOptions(trial)].join(' '),
  )
  return [...scalings, ...settings]
}

function placeOptions({ caller, callee, kind }: PolicyPlace): string[] {
  return Object.entries({ caller, callee, kind }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  )
}

function valueText(value: PolicyValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value)
}
