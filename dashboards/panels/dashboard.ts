// Puts a dashboard together: headline, rows of panels, variables, annotations, and links to all the others.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkType,
  defaultDashboardLink,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { annotationQueries } from './annotations.ts'
import { type DashboardId, dashboardTitles, ofOneService, uidOf } from './catalogue.ts'
import { unwrap } from './panel.ts'
import { headline } from './text.ts'

export type Row = { title: string; panels: readonly Builder<Panel>[] }

export type DashboardSpec = {
  id: DashboardId
  /** What to look for, in Markdown. */
  headline: string
  variables: readonly VariableModel[]
  rows: readonly Row[]
}

export function buildDashboard({ id, headline: text, variables, rows }: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(dashboardTitles[id])
    .uid(uidOf(id))
    .description(unwrap(text))
    .tags(['faultline'])
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .withPanel(headline(text))
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title))
    for (const panel of panels) builder.withPanel(panel)
  }
  const dashboard = builder.build()
  return {
    ...dashboard,
    panels: (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })),
    templating: { list: [...variables] },
    annotations: { list: annotationQueries() },
    links: linksFrom(id),
  }
}

/** One button each. The time goes along, and the variables; but not to where one service is looked at from where several are chosen. */
function linksFrom(id: DashboardId): DashboardLink[] {
  const others = (Object.keys(dashboardTitles) as DashboardId[]).filter((other) => other !== id)
  return others.map((other) => {
    const { placement: _menu, ...link } = defaultDashboardLink()
    return {
      ...link,
      title: dashboardTitles[other],
      type: DashboardLinkType.Link,
      icon: 'dashboard',
      url: `/d/${uidOf(other)}`,
      includeVars: ofOneService.includes(id) || !ofOneService.includes(other),
      keepTime: true,
    }
  })
}
