// Which series of two vectors belong together: those whose matching labels are equal.

import { dropLabels, keepLabels, type Labels, METRIC_NAME } from '../labels.ts'
import type { VectorMatching } from '../language/ast.ts'
import { quote } from '../language/string-literal.ts'
import type { StepSeries, StepVector } from './vector.ts'

/** The labels by which a series is matched: those of `on`, or all but the name and those of `ignoring`. */
export function createSignature({ on, labels }: VectorMatching): (series: Labels) => Labels {
  if (on) {
    const kept: ReadonlySet<string> = new Set(labels)
    return (series) => keepLabels(series, kept)
  }
  const dropped: ReadonlySet<string> = new Set([...labels, METRIC_NAME])
  return (series) => dropLabels(series, dropped)
}

export interface MatchGroup {
  readonly signature: Labels
  readonly left: StepSeries[]
  readonly right: StepSeries[]
}

export function matchGroups(left: StepVector, right: StepVector, matching: VectorMatching): Map<string, MatchGroup> {
  const signatureOf = createSignature(matching)
  const groups = new Map<string, MatchGroup>()
  const add = (series: StepSeries, side: 'left' | 'right') => {
    const signature = signatureOf(series.labels)
    let group = groups.get(signature.key)
    if (!group) {
      group = { signature, left: [], right: [] }
      groups.set(signature.key, group)
    }
    group[side].push(series)
  }
  for (const series of left) add(series, 'left')
  for (const series of right) add(series, 'right')
  return groups
}

/** Where any of the series has a sample. */
export function unionOfPresence(vector: StepVector, steps: number): Uint8Array {
  const union = new Uint8Array(steps)
  for (const { present } of vector) for (let i = 0; i < steps; i++) if (present[i] === 1) union[i] = 1
  return union
}

/** As Prometheus's error texts show a label set: `{__name__="a", job="b"}`. */
export function printLabels({ pairs }: Labels): string {
  return `{${pairs.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}}`
}
