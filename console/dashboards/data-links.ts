// Data links of a field, with their addresses filled in, and dashboards' addresses made those of the console.

import type { DashboardScope } from './dashboard-context.ts'
import type { LinkJson } from './dashboard-json.ts'
import { type Field, type Frame, fieldTitle, rowOf } from './frame.ts'
import { interpolateLink } from './interpolation.ts'

export type ShownLink = { title: string; href: string }

/** Of a cell: `frame` and `row` give what else stands in its row. */
export function linksOf(field: Field, scope: DashboardScope, at?: { frame: Frame; row: number }): ShownLink[] {
  return (field.options?.links ?? []).map((link) => toShown(link, field, scope, at))
}

function toShown(
  { title, url }: LinkJson,
  field: Field,
  scope: DashboardScope,
  at?: { frame: Frame; row: number },
): ShownLink {
  const { variables, startMs, endMs } = scope
  const filled = interpolateLink(url, {
    variables,
    startMs,
    endMs,
    field: { name: fieldTitle(field), labels: field.labels },
    ...(at ? { value: { raw: String(field.values[at.row] ?? '') }, row: rowOf(at.frame, at.row) } : {}),
  })
  return { title, href: consolePath(filled) }
}

/** `/d/uid…` of Grafana as it is here. Anything that leads elsewhere than into this site, or to one over HTTP, leads nowhere. */
export function consolePath(url: string): string {
  const own = url.replace(/^\/d\/([\w-]+)(?:\/[\w-]+)?(?=[?#]|$)/, '/dashboards/$1')
  return /^\/(?!\/)/.test(own) || /^https?:\/\//i.test(own) ? own : '#'
}
