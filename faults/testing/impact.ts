// What a fault costs customers, and what of it each remedy takes away: measured on a running cluster, one phase after the other.
import { setTimeout as delay } from 'node:timers/promises'
import type { Experiment, Fault, Injection } from '../fault.ts'
import { type Indicator, WINDOW_S } from '../indicators.ts'
import {
  type Experimental,
  isExperiment,
  nameOf,
  policiesOf,
  type Remedy,
  type Replicas,
  replicasOf,
} from '../remedy.ts'
import { type Judgement, judge, median } from './judge.ts'
import type { Lab, PolicySetting } from './lab.ts'

/** Until a change has reached everybody and what was under way has ended. */
const SETTLE_S = 5
/** After a phase's window: its samples, a second apart, whose median counts. */
const SAMPLES = 4
/** What ends by itself when this process does not. */
const FAULT_S = 600
/** Until a burst that harms for good is over, for remedies that come after it. */
const HARM_DONE_S = 16
/** After an end, until everybody is ready again. */
const RECOVERY_S = 60

/** By the names of indicators; null where one had no value. */
export type Values = Record<string, number | null>

export type RemedyFigures = {
  name: string
  indicator: string
  without: number | null
  with: number | null
  judgement: Judgement
}

export type Impact = {
  fault: string
  injection: Injection
  /** Of the fault's own indicator; absent for a fault that customers do not notice. */
  indicator: string | null
  healthy: number | null
  without: number | null
  remedies: RemedyFigures[]
  failures: string[]
}

/** The indicators that a fault's experiment asks for, its own first. */
export function indicatorsOf({ impact, remedies }: Fault): Indicator[] {
  const ofRemedies = remedies.flatMap((remedy) => ('indicator' in remedy && remedy.indicator ? [remedy.indicator] : []))
  const all = [...(impact.indicator ? [impact.indicator] : []), ...ofRemedies]
  return [...new Map(all.map((indicator) => [indicator.name, indicator])).values()]
}

/** Each indicator's median over the next seconds. */
export async function observe(lab: Lab, indicators: readonly Indicator[], settleS = SETTLE_S): Promise<Values> {
  await delay((settleS + WINDOW_S) * 1_000)
  const samples = new Map(indicators.map(({ name }) => [name, [] as number[]]))
  for (let sample = 0; sample < SAMPLES; sample++) {
    if (sample > 0) await delay(1_000)
    for (const { name, promql } of indicators) {
      const value = await lab.value(promql)
      if (value !== null) samples.get(name)?.push(value)
    }
  }
  return Object.fromEntries([...samples].map(([name, values]) => [name, median(values)]))
}

/**
 * Measures it: without any of the remedies, then with each alone. Leaves nothing behind.
 * @param healthy figures of the same cluster while all was well
 */
export async function measureImpact(lab: Lab, fault: Fault, injection: Injection, healthy: Values): Promise<Impact> {
  const { indicator } = fault.impact
  const none = {
    fault: fault.id,
    injection,
    indicator: indicator?.name ?? null,
    healthy: null,
    without: null,
    remedies: [],
  }
  if (!indicator) return { ...none, failures: [] }
  const experiments = fault.remedies.filter(isExperiment)
  const indicators = indicatorsOf(fault)
  const before = await replicasNow(lab)
  const failures: string[] = []
  const phases = new Map<Remedy, Values>()
  try {
    await scaleTo(lab, fault.experiment?.given?.replicas ?? {})
    const without = await runPhase(lab, fault, injection, undefined, indicators)
    for (const remedy of experiments) phases.set(remedy, await runPhase(lab, fault, injection, remedy, indicators))
    const remedies = experiments.map((remedy) =>
      figuresOf(remedy, remedy.indicator ?? indicator, { healthy, without, with: phases.get(remedy) ?? {} }),
    )
    for (const { name, judgement, ...figures } of remedies)
      if (judgement !== 'helps') failures.push(`${name}: ${judgement} (${describe(figures)})`)
    const own = { healthy: healthy[indicator.name] ?? null, without: without[indicator.name] ?? null }
    return { ...none, ...own, remedies, failures }
  } finally {
    await lab.clearAll()
    await lab.resetPolicies()
    await scaleBack(lab, before)
    await recovered(lab)
  }
}

/** Goes on where the phase before it has ended, or begins anew; `undefined` is the phase without a remedy, the first one. */
async function runPhase(
  lab: Lab,
  fault: Fault,
  injection: Injection,
  remedy: Experimental | undefined,
  indicators: readonly Indicator[],
): Promise<Values> {
  const { anew, settleS = SETTLE_S }: Experiment = fault.experiment ?? {}
  const begins = remedy === undefined || anew !== undefined
  if (begins && remedy !== undefined) {
    await lab.clearAll()
    await recovered(lab)
  }
  const settings = settingsOf(fault, anew === 'after' ? undefined : remedy)
  await lab.setPolicies(settings)
  const extra = remedy ? replicasOf(remedy) : {}
  const before = await replicasNow(lab)
  try {
    await scaleTo(lab, extra)
    if (begins) {
      await lab.inject(fault.id, injection, FAULT_S)
      // Once more, for what a fault brings along goes before what was set earlier.
      await lab.setPolicies(settings)
    }
    if (anew === 'after') {
      await delay(HARM_DONE_S * 1_000)
      if (remedy) await lab.setPolicies(settingsOf(fault, remedy))
    }
    if (remedy && 'undo' in remedy) {
      await lab.clearAll()
      // What the fault had brought along goes with it; the rest of the shop stays as it is.
      const brought = broughtNames(fault, injection)
      await lab.resetPolicies()
      await lab.setPolicies(settings.filter(({ name }) => !brought.includes(name)))
    }
    const values = await observe(lab, indicators, settleS)
    if (remedy && 'undo' in remedy) {
      await lab.inject(fault.id, injection, FAULT_S)
      await lab.setPolicies(settingsOf(fault, undefined))
    }
    return values
  } finally {
    if (Object.keys(extra).length > 0) await scaleBack(lab, before)
  }
}

function broughtNames({ acts, parameters }: Fault, injection: Injection): string[] {
  const { calls = {}, kind = {} } = acts.policies?.(parameters.parse(injection.parameters ?? {})) ?? {}
  return [...Object.keys(calls), ...Object.keys(kind)]
}

/** Every policy of every remedy: at its worse value, but for those of this one. */
export function settingsOf({ remedies, experiment }: Fault, applied: Remedy | undefined): PolicySetting[] {
  const given = (experiment?.given?.policies ?? []).map(({ policy, ...rest }) => ({ name: policy, ...rest }))
  const settings = remedies.filter(isExperiment).flatMap((remedy) =>
    policiesOf(remedy).map(({ policy: name, without, with: _with, ...place }) => ({
      name,
      ...place,
      value: without,
    })),
  )
  const ofApplied = (applied ? policiesOf(applied) : []).map(
    ({ policy: name, without: _without, with: value, ...place }) => ({ name, ...place, value }),
  )
  const placeOf = ({ value: _value, ...setting }: PolicySetting) => JSON.stringify(setting)
  return [...new Map([...given, ...settings, ...ofApplied].map((one) => [placeOf(one), one])).values()]
}

function figuresOf(
  remedy: Experimental,
  indicator: Indicator,
  values: { healthy: Values; without: Values; with: Values },
): RemedyFigures {
  const of = (phase: Values) => phase[indicator.name] ?? null
  const figures = { healthy: of(values.healthy), without: of(values.without), with: of(values.with) }
  const judgement = judge(indicator, figures)
  return { name: nameOf(remedy), indicator: indicator.name, without: figures.without, with: figures.with, judgement }
}

function describe(figures: Omit<RemedyFigures, 'name' | 'judgement'>): string {
  const text = (value: number | null) => (value === null ? 'no value' : value.toFixed(3))
  return `${figures.indicator} ${text(figures.without)} → ${text(figures.with)}`
}

/** Replicas of each kind in its place with most of them. */
async function replicasNow(lab: Lab): Promise<Replicas> {
  const counts = new Map<string, Map<string, number>>()
  for (const { kind, region, role } of await lab.nodes()) {
    if (role !== 'node') continue
    const ofKind = counts.get(kind) ?? new Map<string, number>()
    counts.set(kind, ofKind.set(region, (ofKind.get(region) ?? 0) + 1))
  }
  return Object.fromEntries([...counts].map(([kind, places]) => [kind, Math.max(...places.values())]))
}

async function scaleTo(lab: Lab, replicas: Replicas): Promise<void> {
  for (const [kind, count] of Object.entries(replicas)) await lab.scale(kind, count)
}

async function scaleBack(lab: Lab, before: Replicas): Promise<void> {
  const now = await replicasNow(lab)
  const changed = Object.entries(before).filter(([kind, count]) => now[kind] !== undefined && now[kind] !== count)
  await scaleTo(lab, Object.fromEntries(changed))
}

async function recovered(lab: Lab): Promise<void> {
  const endMs = performance.now() + RECOVERY_S * 1_000
  while (!(await lab.nodes()).every(({ ready }) => ready)) {
    if (performance.now() > endMs) throw new Error(`not all nodes are ready ${RECOVERY_S} s after the end of a fault`)
    await delay(500)
  }
}
