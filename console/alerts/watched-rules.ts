// The rules that alerts come of, as Prometheus lists them. Those that a kind of alert has several of are told once.
import { ask } from '../prometheus/client.ts'

export type WatchedRule = { name: string; summary: string }

type WireRules = { groups?: { rules?: { type?: string; name?: string; annotations?: Record<string, string> }[] }[] }

/** By name. */
export async function fetchWatchedRules(signal: AbortSignal): Promise<WatchedRule[]> {
  return watchedRules((await ask('rules', { type: 'alert' }, signal)).data)
}

/** @param data of the answer; whatever is missing in it is left out */
export function watchedRules(data: unknown): WatchedRule[] {
  const { groups = [] } = (data ?? {}) as WireRules
  const rules = groups.flatMap(({ rules = [] }) => rules).filter(({ type, name }) => type === 'alerting' && name)
  const byName = new Map<string, WatchedRule>()
  for (const { name = '', annotations = {} } of rules) {
    const text = annotations['description'] ?? annotations['summary'] ?? ''
    // What a template would fill in is only known when it fires.
    if (!byName.has(name)) byName.set(name, { name, summary: text.replace(/\{\{.*?\}\}/g, '…').trim() })
  }
  return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name))
}
