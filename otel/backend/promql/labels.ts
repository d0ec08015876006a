// Label sets: name/value pairs sorted by name, with a key for equality and maps.
// An empty value means that the label is absent, so none is ever stored. Nothing here checks that names are legal.

export type LabelPair = readonly [name: string, value: string]

/** An immutable label set. Two sets are equal exactly when their keys are. */
export interface Labels {
  readonly pairs: readonly LabelPair[]
  readonly key: string
}

export const METRIC_NAME = '__name__'

export const EMPTY_LABELS: Labels = { pairs: [], key: '' }

/** Labels from a plain record; empty values are dropped. */
export function labelsFrom(record: Readonly<Record<string, string>>): Labels {
  return labelsFromPairs(Object.entries(record))
}

/** Labels from pairs in any order with distinct names; empty values are dropped. */
export function labelsFromPairs(pairs: readonly LabelPair[]): Labels {
  const kept = pairs.filter(([, value]) => value !== '')
  kept.sort(([a], [b]) => compareStrings(a, b))
  return labelsFromSorted(kept)
}

/** Labels from pairs already sorted by name and without empty values: the fast path for stores. */
export function labelsFromSorted(pairs: readonly LabelPair[]): Labels {
  return pairs.length === 0 ? EMPTY_LABELS : { pairs, key: keyOf(pairs) }
}

/** The value of a label, or an empty string when the set does not have it. */
export function labelValue(labels: Labels, name: string): string {
  for (const pair of labels.pairs) if (pair[0] === name) return pair[1]
  return ''
}

export function labelsToRecord(labels: Labels): Record<string, string> {
  return Object.fromEntries(labels.pairs)
}

/** The set with one label set, replaced or (with an empty value) removed. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const others = labels.pairs.filter((pair) => pair[0] !== name)
  return labelsFromPairs(value === '' ? others : [...others, [name, value]])
}

/** Only the labels named. */
export function keepLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return labelsFromSorted(labels.pairs.filter((pair) => names.has(pair[0])))
}

/** All labels but those named. */
export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  const kept = labels.pairs.filter((pair) => !names.has(pair[0]))
  return kept.length === labels.pairs.length ? labels : labelsFromSorted(kept)
}

const NAME_ONLY: ReadonlySet<string> = new Set([METRIC_NAME])

/** The set without the metric's name. */
export function dropMetricName(labels: Labels): Labels {
  return dropLabels(labels, NAME_ONLY)
}

/** Order of label sets, name by name, then value by value, shorter first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.pairs.length, b.pairs.length)
  for (let i = 0; i < shared; i++) {
    const [nameA, valueA] = a.pairs[i] as LabelPair
    const [nameB, valueB] = b.pairs[i] as LabelPair
    if (nameA !== nameB) return compareStrings(nameA, nameB)
    if (valueA !== valueB) return compareStrings(valueA, valueB)
  }
  return a.pairs.length - b.pairs.length
}

/** Code-unit order, as Go compares the usual ASCII strings; never locale order. */
export function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** An unambiguous key of a list of strings, any of which may hold any character. */
export function keyOfStrings(parts: readonly string[]): string {
  return parts.map(escapeSeparator).join('\u0001')
}

function keyOf(pairs: readonly LabelPair[]): string {
  let key = ''
  for (const [name, value] of pairs) key += `${escapeSeparator(name)}\u0001${escapeSeparator(value)}\u0001`
  return key
}

function escapeSeparator(part: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these two are the key's own separators
  if (!/[\u0000\u0001]/.test(part)) return part
  return part.replaceAll('\u0000', '\u0000a').replaceAll('\u0001', '\u0000b')
}
