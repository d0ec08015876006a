// What is scraped, and the labels that its samples get.
import { type LabelPair, type Labels, labelsFrom, labelsFromPairs } from '../../promql/labels.ts'

export interface Target {
  /** Address of the exposition, for instance `http://127.0.0.1:18001/metrics`. */
  readonly url: string
  /** `job` and `instance`, and whatever else names the target. */
  readonly labels: Readonly<Record<string, string>>
}

/** Two targets are the same, and keep their series, when address and labels are. */
export function targetKey(target: Target): string {
  return `${target.url}\n${labelsFrom(target.labels).key}`
}

/** A sample's labels with the target's, which win: one of the same name moves to `exported_<name>`, as Prometheus does. */
export function withTargetLabels(pairs: readonly LabelPair[], target: Target): Labels {
  const merged = new Map<string, string>()
  const conflicts: LabelPair[] = []
  for (const pair of pairs) {
    if (target.labels[pair[0]] !== undefined && pair[1] !== '') conflicts.push(pair)
    else merged.set(pair[0], pair[1])
  }
  for (const [name, value] of conflicts) {
    let exported = `exported_${name}`
    while (merged.has(exported) || target.labels[exported] !== undefined) exported = `exported_${exported}`
    merged.set(exported, value)
  }
  for (const [name, value] of Object.entries(target.labels)) merged.set(name, value)
  return labelsFromPairs([...merged])
}
