// The rules that alerts come of, as Prometheus lists them.
import type { Labels } from '../prometheus/answers.ts'
import { ask } from '../prometheus/client.ts'

export type AlertRule = {
  name: string
  query: string
  /** Those that the rule adds to its series'. */
  labels: Labels
  /** Templates, as they are before an alert fills them in. */
  annotations: Labels
}

type WireRules = { groups?: { rules?: (Partial<AlertRule> & { type?: string })[] }[] }

export async function fetchAlertRules(signal: AbortSignal): Promise<AlertRule[]> {
  return alertRules((await ask('rules', { type: 'alert' }, signal)).data)
}

/** @param data of the answer; whatever is missing in it is left out */
export function alertRules(data: unknown): AlertRule[] {
  const { groups = [] } = (data ?? {}) as WireRules
  return groups
    .flatMap(({ rules = [] }) => rules)
    .flatMap(({ type, name, query = '', labels = {}, annotations = {} }) =>
      type === 'alerting' && name ? [{ name, query, labels, annotations }] : [],
    )
}

/** The rule that an alert is of: of several with its name, the one whose labels it has. */
export function ruleOf(rules: readonly AlertRule[], name: string, labels: Labels): AlertRule | undefined {
  return rules.find(
    (rule) => rule.name === name && Object.entries(rule.labels).every(([key, value]) => labels[key] === value),
  )
}

/** What a rule's figure is, as far as its annotations tell. */
export function unitOf({ annotations }: AlertRule): string {
  const texts = Object.values(annotations).join(' ')
  if (/\$value\s*\|\s*humanizePercentage/.test(texts)) return 'percentunit'
  return /\$value\s*\|\s*humanizeDuration/.test(texts) ? 's' : 'short'
}

export type WatchedRule = { name: string; summary: string }

/** What is watched, by name; of several rules of a name, the first tells. */
export function watchedRules(rules: readonly AlertRule[]): WatchedRule[] {
  const byName = new Map<string, WatchedRule>()
  for (const { name, annotations } of rules) {
    const text = annotations['description'] ?? annotations['summary'] ?? ''
    // What a template would fill in is only known when it fires.
    if (!byName.has(name)) byName.set(name, { name, summary: text.replace(/\{\{.*?\}\}/g, '…').trim() })
  }
  return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name))
}
