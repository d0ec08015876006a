// The variables of a dashboard: what each offers, what is chosen, and how a choice stands in the address. Pure; asking Prometheus is the
// business of whoever hands the values in.
import type { VariableJson } from './dashboard-json.ts'
import type { Chosen } from './interpolation.ts'
import { patternOf } from './transformations.ts'

export const ALL = '$__all'

export type VariableQuery =
  | { kind: 'label-values'; label: string; selector: string | undefined }
  | { kind: 'label-names' }
  | { kind: 'metrics'; pattern: string }
  | { kind: 'query-result'; query: string }

/** What a variable asks Prometheus: `label_values(up{x="y"}, region)` and its like; undefined for what is none of them. */
export function parseVariableQuery(text: string): VariableQuery | undefined {
  const call = /^\s*(label_values|label_names|metrics|query_result)\((.*)\)\s*$/s.exec(text)
  if (!call) return undefined
  const [, name, inside = ''] = call
  switch (name) {
    case 'label_names':
      return { kind: 'label-names' }
    case 'metrics':
      return { kind: 'metrics', pattern: inside.trim() }
    case 'query_result':
      return { kind: 'query-result', query: inside.trim() }
    default: {
      const parts = /^(?:(.*),)?\s*([\w]+)\s*$/s.exec(inside)
      if (!parts) return undefined
      return { kind: 'label-values', label: parts[2] ?? '', selector: parts[1]?.trim() || undefined }
    }
  }
}

/** The text that a query variable asks with. */
export function queryTextOf({ query, definition }: VariableJson): string {
  if (typeof query === 'string') return query
  return query?.query ?? definition ?? ''
}

export type Option = { text: string; value: string }

/** What can be chosen of a variable that asks nobody: `a, b : 2` of a custom one, the steps of an interval. */
export function fixedOptions(variable: VariableJson): Option[] {
  if (variable.options && variable.options.length > 0) return variable.options.filter(({ value }) => value !== ALL)
  const text = queryTextOf(variable)
  return text
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll('\\,', ',').trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, name = '', value = ''] = /^(.+?)\s+:\s+(.+)$/.exec(part) ?? []
      return variable.type === 'custom' && name ? { text: name, value } : { text: part, value: part }
    })
}

/** Values that Prometheus gave, filtered by the variable's pattern and in its order. */
export function optionsFrom(variable: VariableJson, values: readonly string[]): Option[] {
  const pattern = variable.regex
    ? patternOf(variable.regex.startsWith('/') ? variable.regex : `/${variable.regex}/`)
    : undefined
  const kept = values.flatMap((value) => {
    if (!pattern) return [value]
    const found = pattern.exec(value)
    return found ? [found.groups?.['value'] ?? found[1] ?? value] : []
  })
  const unique = [...new Set(kept)].filter((value) => value !== '')
  return sorted(unique, variable.sort ?? 0).map((value) => ({ text: value, value }))
}

/** Grafana's orders: 1 and 2 by letters, 3 and 4 by number, 5 and 6 by letters in any case; even ones from the end. */
function sorted(values: readonly string[], order: number): string[] {
  if (order === 0) return [...values]
  const byNumber = (text: string): number => Number(/-?\d+(?:\.\d+)?/.exec(text)?.[0] ?? Number.NaN)
  const ascending = values.toSorted((a, b) => {
    if (order === 3 || order === 4) return byNumber(a) - byNumber(b) || a.localeCompare(b)
    return order >= 5 ? a.toLowerCase().localeCompare(b.toLowerCase()) : a.localeCompare(b)
  })
  return order % 2 === 0 ? ascending.reverse() : ascending
}

/**
 * What is chosen: what the address says, else the dashboard's own choice, else the first. A value that is not offered stays, as in
 * Grafana: a node that has died is still looked at.
 */
export function choose(variable: VariableJson, options: readonly Option[], wanted: readonly string[]): Chosen {
  const { multi = false, includeAll = false, allValue } = variable
  const current = variable.current?.value
  const standard = current === undefined ? [] : typeof current === 'string' ? [current] : current
  const asked = wanted.length > 0 ? wanted : standard.filter((value) => value !== '')
  const rest = allValue === undefined ? {} : { allValue }
  if (includeAll && (asked.includes(ALL) || asked.includes('All') || asked.length === 0)) {
    return { values: options.map(({ value }) => value), all: true, multi, ...rest }
  }
  const first = options[0]?.value
  const values = asked.length > 0 ? asked : first === undefined ? [] : [first]
  return { values: multi ? values : values.slice(0, 1), all: false, multi, ...rest }
}

/** `var-name=…` of the address, by name. */
export function wantedOf(search: URLSearchParams, name: string): string[] {
  return search.getAll(`var-${name}`)
}

/** Names of the variables that a text uses: those must be known before it can be asked. */
export function variablesIn(text: string, names: readonly string[]): string[] {
  return names.filter((name) => new RegExp(`\\$${name}\\b|\\$\\{${name}[:}]|\\[\\[${name}[:\\]]`).test(text))
}

export function asText(chosen: Chosen | undefined): string {
  if (!chosen) return ''
  return chosen.all ? 'All' : chosen.values.join(', ')
}
