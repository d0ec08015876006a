// How long an alert may go on when its cause is gone: as far as its expression looks back, through the rules that it reads. Pure but for reading
// the rules.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

type Rule = { alert?: string; record?: string; expr: string; keep_firing_for?: string }

const unitsS: Record<string, number> = { s: 1, m: 60, h: 3_600 }

/** By the name of the alert; the longest where several rules share one. In seconds. */
export function alertMemories(rulesDir: string): Map<string, number> {
  const rules = readdirSync(rulesDir)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => (parse(readFileSync(join(rulesDir, name), 'utf8')) as { groups: { rules: Rule[] }[] }).groups)
    .flatMap((group) => group.rules)
  return memoriesOf(rules)
}

export function memoriesOf(rules: readonly Rule[]): Map<string, number> {
  const recorded = new Map(
    rules.flatMap((rule) => (rule.record === undefined ? [] : [[rule.record, rule.expr] as const])),
  )
  const looksBack = (expr: string, seen: readonly string[]): number => {
    const own = [...expr.matchAll(/\[(\d+)([smh])/g)].map(
      ([, number, unit]) => Number(number) * (unitsS[unit ?? ''] ?? 0),
    )
    const through = [...expr.matchAll(/[a-z_]+(?::\w+)+/g)].map(([name]) => {
      const read = recorded.get(name)
      return read === undefined || seen.includes(name) ? 0 : looksBack(read, [...seen, name])
    })
    return Math.max(0, ...own) + Math.max(0, ...through)
  }
  const memories = new Map<string, number>()
  for (const { alert, expr, keep_firing_for: kept = '0s' } of rules) {
    if (alert === undefined) continue
    const [, number = '0', unit = 's'] = /^(\d+)([smh])$/.exec(kept) ?? []
    const memory = looksBack(expr, []) + Number(number) * (unitsS[unit] ?? 1)
    memories.set(alert, Math.max(memory, memories.get(alert) ?? 0))
  }
  return memories
}
