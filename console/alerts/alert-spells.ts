// When which alert fired, out of the ALERTS series; and where each leads: a dashboard, an example. Pure.
import { dashboardPath } from '../links.ts'
import type { Labels, RangeMatrix } from '../prometheus/answers.ts'

export type AlertSpell = {
  name: string
  labels: Labels
  startMs: number
  endMs: number /** Until the end of what was looked at. */
  lasting: boolean
}

/** The newest first. Points further apart than the step are two spells. */
export function alertSpells(matrix: RangeMatrix, { endMs, stepMs }: { endMs: number; stepMs: number }): AlertSpell[] {
  const spells: AlertSpell[] = []
  for (const { labels, points } of matrix) {
    const { __name__: _series, alertname: name = '', alertstate: _state, ...rest } = labels
    let last: AlertSpell | undefined
    for (const [timeMs] of points) {
      if (last && timeMs - last.endMs <= stepMs * 1.5) last.endMs = timeMs
      else {
        last = { name, labels: rest, startMs: timeMs, endMs: timeMs, lasting: false }
        spells.push(last)
      }
    }
    if (last && endMs - last.endMs <= stepMs * 1.5) last.lasting = true
  }
  return spells.sort((a, b) => b.startMs - a.startMs || a.name.localeCompare(b.name))
}

/** A name for each, of spells with the newest first: it stays while what is looked at moves on, which moves a spell's beginning with it. */
export function spellKeys(spells: readonly AlertSpell[]): ReadonlyMap<AlertSpell, string> {
  const counts = new Map<string, number>()
  const keys = new Map<AlertSpell, string>()
  for (const spell of spells) {
    const series = `${spell.name} ${JSON.stringify(spell.labels)}`
    const count = counts.get(series) ?? 0
    counts.set(series, count + 1)
    keys.set(spell, `${series} ${count}`)
  }
  return keys
}

/** The dashboard that shows what the alert is about. */
export function dashboardOf(labels: Labels): string {
  const { journey, callee, instance, service } = labels
  if (journey) return dashboardPath('faultline-objectives', { objective: journey })
  if (callee) return dashboardPath('faultline-failures', service ? { service } : {})
  if (instance) return dashboardPath('faultline-resources', { instance })
  return service ? dashboardPath('faultline-service', { service }) : dashboardPath('faultline-shop')
}

/** A histogram with examples of what the alert is about. */
export function exampleQuery(labels: Labels): string {
  const { journey, callee, instance, service } = labels
  const matchers = (pairs: Record<string, string | undefined>): string =>
    Object.entries(pairs)
      .filter((pair): pair is [string, string] => pair[1] !== undefined)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(',')
  if (callee) return `http_client_request_duration_seconds_bucket{${matchers({ callee, instance, service })}}`
  if (instance ?? service) return `http_server_request_duration_seconds_bucket{${matchers({ instance, service })}}`
  return journey === undefined
    ? 'load_request_duration_seconds_bucket'
    : 'http_server_request_duration_seconds_bucket{service="gateway"}'
}

const order = ['page', 'ticket', 'cause']

/** How urgent; a severity that is not known comes last. */
export function urgency(labels: Labels): number {
  const at = order.indexOf(labels['severity'] ?? '')
  return at < 0 ? order.length : at
}

/** @param stale whether Prometheus could not be asked again: what was true then may not be now */
export function alertsTitle(firing: number, stale: boolean): string {
  if (!stale) return firing === 0 ? 'Nothing fires' : `${firing} firing`
  return `Not known what fires; last seen: ${firing === 0 ? 'nothing' : firing}`
}
