// Asks a Prometheus everything that the dashboards ask, filled in as Grafana does when they are opened.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { parseSampleValue, type QueryData } from '../cluster/cli/prometheus.ts'
import { dashboards } from '../dashboards/all-dashboards.ts'
import { type Chosen, interpolate, type TimeScope } from '../dashboards/queries/interpolate.ts'
import {
  annotationQueriesOf,
  type DrawnPanel,
  emptyIsGood,
  type PromQuery,
  panelQueries,
  panelsOf,
  standardChoice,
  variableQueries,
} from '../dashboards/queries/read-queries.ts'
import { createMetricQueries } from './metric-queries.ts'

/** A query as it is sent. */
export type FilledQuery = Pick<PromQuery, 'place' | 'mode'> & { query: string; exemplars: boolean }

/** Every query of every panel and annotation, and of every variable the series that it looks through. */
export function allQueries(scope: TimeScope, choose: (dashboard: Dashboard) => Record<string, Chosen>): FilledQuery[] {
  return Object.values(dashboards).flatMap((dashboard) => {
    const fill = (text: string) => interpolate(text, choose(dashboard), scope)
    const variables = variableQueries(dashboard).map(({ name, series, label }) => ({
      place: `${dashboard.title} / variable ${name}`,
      mode: 'instant' as const,
      query: fill(`group by (${label}) (${series})`),
      exemplars: false,
    }))
    const others = [...panelQueries(dashboard), ...annotationQueriesOf(dashboard)]
    return [
      ...variables,
      ...others.map(({ place, expr, mode, exemplars }) => ({ place, mode, query: fill(expr), exemplars })),
    ]
  })
}

/** Those of the panels alone, by panel. */
export function queriesOfPanel(dashboard: Dashboard, panel: DrawnPanel, scope: TimeScope): FilledQuery[] {
  return panelQueries(dashboard)
    .filter((query) => query.panel.id === panel.id)
    .map(({ place, expr, mode, exemplars }) => ({
      place,
      mode,
      query: interpolate(expr, standardChoice(dashboard), scope),
      exemplars,
    }))
}

export type Walker = {
  ask(query: FilledQuery): Promise<QueryData>
  /** Panels without a finite value that do not say why that is good, each with its dashboard. */
  emptyPanels(): Promise<string[]>
}

export function createWalker(prometheusUrl: string, jaegerUrl: string, scope: TimeScope): Walker {
  const { prometheus } = createMetricQueries(prometheusUrl)
  const [startS, endS, stepS] = [scope.startMs / 1000, scope.endMs / 1000, scope.stepMs / 1000]

  async function ask({ query, mode }: FilledQuery): Promise<QueryData> {
    const answer =
      mode === 'instant' ? prometheus.query(query, endS) : prometheus.queryRange(query, startS, endS, stepS)
    return (await answer).data
  }

  async function hasData(dashboard: Dashboard, panel: DrawnPanel): Promise<boolean> {
    const answers = await Promise.all(queriesOfPanel(dashboard, panel, scope).map(ask))
    if (answers.some(hasFiniteValue)) return true
    const searches = (panel.targets ?? []).filter(({ datasource }) => datasource.type === 'jaeger')
    for (const search of searches) {
      if ((await searchTraces(jaegerUrl, search, standardChoice(dashboard), scope)) > 0) return true
    }
    return false
  }

  return {
    ask,
    async emptyPanels() {
      const empty: string[] = []
      for (const dashboard of Object.values(dashboards)) {
        for (const panel of panelsOf(dashboard)) {
          if (panel.type === 'text' || emptyIsGood(panel) !== undefined) continue
          if (!(await hasData(dashboard, panel))) empty.push(`${dashboard.title} / ${panel.title}`)
        }
      }
      return empty
    },
  }
}

export function hasFiniteValue(data: QueryData): boolean {
  return pointsOf(data).some((text) => Number.isFinite(parseSampleValue(text)))
}

function pointsOf(data: QueryData): string[] {
  switch (data.resultType) {
    case 'scalar':
    case 'string':
      return [data.result[1]]
    case 'vector':
      return data.result.map(({ value }) => value?.[1] ?? '')
    case 'matrix':
      return data.result.flatMap(({ values = [] }) => values.map(([, text]) => text))
  }
}

/** How many traces a search of a panel finds, asked as Grafana's Jaeger data source asks. Throws when it is refused. */
export async function searchTraces(
  jaegerUrl: string,
  { service = '', tags, minDuration, limit }: NonNullable<DrawnPanel['targets']>[number],
  choice: Record<string, Chosen>,
  scope: TimeScope,
): Promise<number> {
  const pairs = interpolate(tags ?? '', choice, scope)
    .split(' ')
    .filter(Boolean)
  const params = new URLSearchParams({
    service,
    limit: String(limit),
    start: String(scope.startMs * 1000),
    end: String(scope.endMs * 1000),
    lookback: 'custom',
    ...(minDuration === undefined ? {} : { minDuration }),
    ...(pairs.length === 0 ? {} : { tags: JSON.stringify(Object.fromEntries(pairs.map((pair) => pair.split('=')))) }),
  })
  const response = await fetch(`${jaegerUrl}/api/traces?${params}`)
  const { data, errors } = (await response.json()) as { data?: unknown[] | null; errors?: { msg: string }[] | null }
  if (!response.ok || !data) throw new Error(`${params} was answered ${response.status}: ${errors?.[0]?.msg}`)
  return data.length
}
