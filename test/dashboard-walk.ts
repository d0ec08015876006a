// Asks a Prometheus everything that the dashboards ask, filled in as Grafana does when they are opened.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { parseSampleValue, type QueryData } from '../cluster/cli/prometheus.ts'
import { dashboards } from '../dashboards/all-dashboards.ts'
import { type Chosen, interpolate, type TimeScope } from '../dashboards/queries/interpolate.ts'
import {
  annotationQueriesOf,
  emptyIsGood,
  type PromQuery,
  panelQueries,
  panelsOf,
  standardChoice,
  type Target,
  variableQueries,
} from '../dashboards/queries/read-queries.ts'
import { createMetricQueries } from './metric-queries.ts'

/** A query as it is sent. */
export type FilledQuery = Omit<PromQuery, 'expr'> & { query: string }

/** Every query of every panel and annotation, and of every variable the series that it looks through. */
export function allQueries(scope: TimeScope, choose: (dashboard: Dashboard) => Record<string, Chosen>): FilledQuery[] {
  return Object.values(dashboards).flatMap((dashboard) => {
    const choice = choose(dashboard)
    const variables = variableQueries(dashboard).map(
      ({ name, series, label }): PromQuery => ({
        place: `${dashboard.title} / variable ${name}`,
        mode: 'instant',
        expr: `group by (${label}) (${series})`,
        exemplars: false,
        mayBeEmpty: false,
      }),
    )
    const queries: PromQuery[] = [...variables, ...panelQueries(dashboard), ...annotationQueriesOf(dashboard)]
    return queries.map(({ place, mode, expr, exemplars, mayBeEmpty }) => ({
      place,
      mode,
      query: interpolate(expr, choice, scope),
      exemplars,
      mayBeEmpty,
    }))
  })
}

export type Walker = {
  ask(query: FilledQuery): Promise<QueryData>
  /** Where nothing is found: each query without a finite value, and each search without a trace, whose panel does not say why that is good. */
  findsNothing(): Promise<string[]>
}

export function createWalker(prometheusUrl: string, jaegerUrl: string, scope: TimeScope): Walker {
  const { prometheus } = createMetricQueries(prometheusUrl)
  const [startS, endS, stepS] = [scope.startMs / 1000, scope.endMs / 1000, scope.stepMs / 1000]

  async function ask({ query, mode }: FilledQuery): Promise<QueryData> {
    const answer =
      mode === 'instant' ? prometheus.query(query, endS) : prometheus.queryRange(query, startS, endS, stepS)
    return (await answer).data
  }

  return {
    ask,
    async findsNothing() {
      const nothing: string[] = []
      for (const query of allQueries(scope, standardChoice)) {
        if (!query.mayBeEmpty && !hasFiniteValue(await ask(query))) nothing.push(query.place)
      }
      for (const { place, search, dashboard, mayBeEmpty } of allSearches()) {
        if (mayBeEmpty) continue
        if ((await searchTraces(jaegerUrl, search, standardChoice(dashboard), scope)) === 0) nothing.push(place)
      }
      return nothing
    },
  }
}

export type TraceSearch = { place: string; dashboard: Dashboard; search: Target; mayBeEmpty: boolean }

/** Every search for traces of every panel. */
export function allSearches(): TraceSearch[] {
  return Object.values(dashboards).flatMap((dashboard) =>
    panelsOf(dashboard).flatMap((panel) =>
      (panel.targets ?? [])
        .filter(({ datasource }) => datasource.type === 'jaeger')
        .map((search) => ({
          place: `${dashboard.title} / ${panel.title}`,
          dashboard,
          search,
          mayBeEmpty: emptyIsGood(panel) !== undefined,
        })),
    ),
  )
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
  { service = '', tags, minDuration, limit }: Target,
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
