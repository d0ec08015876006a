// Which attributes set some traces apart from the rest, as Honeycomb's BubbleUp asks it (https://docs.honeycomb.io/investigate/analyze/identify-outliers/).
//
// Measure: of each value of an attribute, the share of selected traces that have it less the share of the others; an attribute's score is
// the largest such difference of its values, less what chance alone would make of it. With m values and groups of n₁ and n₂ traces, the
// difference of a value with pooled share p has the standard error √(p(1−p)(1/n₁+1/n₂)) (two-proportion z-test), and the largest of m
// normal differences is about √(2 ln m) of them. Differences of a few traces are not normal: a value counts only if it is unlikely by Fisher's
// exact test, too. Attributes that differ in every trace (ids) come to nothing by this, as they should. Pure.
import { chanceOfAtLeast, logFactorials } from './chance.ts'
import type { TraceFeatures } from './trace-features.ts'

export type RankedValue = {
  value: string
  /** Shares of traces that have the value, 0 to 1. */
  selectedShare: number
  otherShare: number
}

export type RankedAttribute = {
  key: string
  /** 0 to 1. */
  score: number
  /** The most telling first, then those that differ most. */
  values: RankedValue[]
}

const MAX_VALUES_SHOWN = 5
/** Bounds of the ranges of a time, as shares of all traces that are faster. */
const QUANTILES = [0.5, 0.9]
/** At this many standard errors one difference is taken for more than chance, besides the correction for many values. */
const BASE_ERRORS = 2
/** The same as a probability: of a normal difference to be larger on its side. */
const BASE_CHANCE = 0.023

/** Attributes with a score above 0, the most telling first. Empty when either group is. */
export function rankAttributes(
  selected: readonly TraceFeatures[],
  others: readonly TraceFeatures[],
): RankedAttribute[] {
  if (selected.length === 0 || others.length === 0) return []
  const bounds = waitBounds([...selected, ...others])
  const ofSelected = countValues(selected, bounds)
  const ofOthers = countValues(others, bounds)
  const groups = {
    selected: selected.length,
    others: others.length,
    logs: logFactorials(selected.length + others.length),
  }
  const keys = new Set([...ofSelected.keys(), ...ofOthers.keys()])
  const ranked: RankedAttribute[] = []
  for (const key of keys) {
    const inSelected = ofSelected.get(key) ?? new Map<string, number>()
    const inOthers = ofOthers.get(key) ?? new Map<string, number>()
    const attribute = rank(key, inSelected, inOthers, groups)
    if (attribute.score > 0) ranked.push(attribute)
  }
  return ranked.sort(
    (one, other) =>
      other.score - one.score || Number(had(other)) - Number(had(one)) || one.key.localeCompare(other.key),
  )
}

/** Whether its first value is one that the selected traces have, and not one that they lack. */
function had({ values: [first] }: RankedAttribute): boolean {
  return first !== undefined && first.selectedShare > first.otherShare
}

/** How many traces there are, and the factorials that go with them. */
type Groups = { selected: number; others: number; logs: readonly number[] }
type Counts = Map<string, Map<string, number>>

function rank(
  key: string,
  inSelected: ReadonlyMap<string, number>,
  inOthers: ReadonlyMap<string, number>,
  { selected: n1, others: n2, logs }: Groups,
): RankedAttribute {
  const names = [...new Set([...inSelected.keys(), ...inOthers.keys()])]
  const errors = BASE_ERRORS + Math.sqrt(2 * Math.log(names.length))
  const isUnlikely = (a: number, b: number) => {
    const more = a / n1 > b / n2 ? { count: a, group: n1 } : { count: b, group: n2 }
    const chance = chanceOfAtLeast(more.count, { all: n1 + n2, having: a + b, group: more.group }, logs)
    return chance * names.length < BASE_CHANCE
  }
  const values = names.map((value) => {
    const a = inSelected.get(value) ?? 0
    const b = inOthers.get(value) ?? 0
    const pooled = (a + b) / (n1 + n2)
    const chance = errors * Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    const distance = Math.abs(a / n1 - b / n2)
    const score = distance > chance && isUnlikely(a, b) ? distance - chance : 0
    return { value, selectedShare: a / n1, otherShare: b / n2, distance, score }
  })
  // What counts and is what the selected traces have tells more than what they lack, and that more than what only differs.
  const rankOf = ({ score, selectedShare, otherShare }: (typeof values)[number]) =>
    score === 0 ? 0 : selectedShare > otherShare ? 2 : 1
  values.sort((one, other) => rankOf(other) - rankOf(one) || other.score - one.score || other.distance - one.distance)
  return {
    key,
    score: Math.max(0, ...values.map(({ score }) => score)),
    values: values
      .slice(0, MAX_VALUES_SHOWN)
      .map(({ value, selectedShare, otherShare }) => ({ value, selectedShare, otherShare })),
  }
}

/** Traces by key and value; times fall into ranges. */
function countValues(traces: readonly TraceFeatures[], bounds: ReadonlyMap<string, readonly number[]>): Counts {
  const counts: Counts = new Map()
  const add = (key: string, value: string) => {
    const values = counts.get(key) ?? new Map<string, number>()
    values.set(value, (values.get(value) ?? 0) + 1)
    counts.set(key, values)
  }
  for (const { values, waits } of traces) {
    for (const [key, all] of values) for (const value of all) add(key, value)
    for (const [key, limits] of bounds) add(key, rangeName(waits.get(key) ?? 0, limits))
  }
  return counts
}

/** Bounds in ms of the ranges that a time falls into; a time that hardly any trace has, has none. */
function waitBounds(traces: readonly TraceFeatures[]): Map<string, number[]> {
  const times = new Map<string, number[]>()
  for (const { waits } of traces) {
    for (const [key, ms] of waits) {
      const all = times.get(key)
      if (all) all.push(ms)
      else times.set(key, [ms])
    }
  }
  const bounds = new Map<string, number[]>()
  for (const [key, all] of times) {
    const zeros = traces.length - all.length
    all.sort((one, other) => one - other)
    const limits = QUANTILES.map((quantile) => all[Math.floor(quantile * traces.length) - zeros] ?? 0)
    const distinct = [...new Set(limits.map(twoDigits))].filter((limit) => limit > 0)
    if (distinct.length > 0) bounds.set(key, distinct)
    else if (all.length >= 3)
      bounds.set(
        key,
        [twoDigits(all[0] ?? 0)].filter((limit) => limit > 0),
      )
  }
  return bounds
}

function rangeName(ms: number, limits: readonly number[]): string {
  const next = limits.findIndex((limit) => ms < limit)
  if (next === 0) return `below ${limits[0]} ms`
  return next < 0 ? `${limits.at(-1)} ms or more` : `${limits[next - 1]} to ${limits[next]} ms`
}

function twoDigits(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(2))
}
