// Everything that a dashboard asks, read from its JSON as whoever draws it does: panels, annotations, variables. Asks nobody.
import type { Dashboard, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import { EMPTY_IS_GOOD } from '../panels/panel.ts'
import { OF_STACK } from '../panels/query.ts'
import type { Chosen } from './interpolate.ts'

/** What is in a target, whichever data source it is for. */
export type Target = {
  refId: string
  datasource: { type: string; uid: string }
  expr?: string
  instant?: boolean
  range?: boolean
  format?: string
  interval?: string
  exemplar?: boolean
  legendFormat?: string
  queryType?: string
  service?: string
  tags?: string
  minDuration?: string
  limit?: number
}

/** A panel that has queries, or text: not a row. */
export type DrawnPanel = Omit<Panel, 'targets'> & { targets?: Target[] }

export function panelsOf(dashboard: Dashboard): DrawnPanel[] {
  // The SDK types a query by its data source alone; our panels know what they wrote.
  return (dashboard.panels ?? []).filter((panel) => panel.type !== 'row') as DrawnPanel[]
}

/** Why it is good when the panel has no data; undefined when it is to have some. */
export function emptyIsGood(panel: DrawnPanel): string | undefined {
  return panel.description?.split(EMPTY_IS_GOOD)[1]?.trim()
}

export type PromQuery = {
  /** Where it stands, for people. */
  place: string
  expr: string
  mode: 'instant' | 'range'
  exemplars: boolean
  /** Nothing found is no fault: the panel says why, or only the compose stack has it. */
  mayBeEmpty: boolean
}

/** Every query of Prometheus that panels send, variables not filled in. */
export function panelQueries(dashboard: Dashboard): (PromQuery & { panel: DrawnPanel })[] {
  return panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? [])
      .filter(({ datasource }) => datasource.type === 'prometheus')
      .map(({ expr = '', instant, exemplar, refId, legendFormat = '' }) => ({
        place: `${dashboard.title} / ${panel.title} / ${refId}`,
        expr,
        mode: instant ? 'instant' : 'range',
        exemplars: exemplar === true,
        mayBeEmpty: emptyIsGood(panel) !== undefined || legendFormat.endsWith(OF_STACK),
        panel,
      })),
  )
}

export function annotationQueriesOf(dashboard: Dashboard): PromQuery[] {
  return (dashboard.annotations.list ?? []).map(({ name, expr = '' }) => ({
    place: `${dashboard.title} / annotation ${name}`,
    expr,
    mode: 'range',
    exemplars: false,
    mayBeEmpty: true,
  }))
}

export type VariableQuery = { name: string; series: string; label: string }

/** Variables with a query, as `label_values(series, label)`, the only form in use. Throws on any other. */
export function variableQueries(dashboard: Dashboard): VariableQuery[] {
  return variablesOf(dashboard).map(({ name, definition = '' }) => {
    const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? []
    if (!series || !label) throw new Error(`${dashboard.title}: variable ${name} asks ${definition}`)
    return { name, series, label }
  })
}

/** What is chosen when a dashboard is opened. */
export function standardChoice(dashboard: Dashboard): Record<string, Chosen> {
  return Object.fromEntries(variablesOf(dashboard).map((variable) => [variable.name, choiceOf(variable)]))
}

function choiceOf({ current, allValue = '.*' }: VariableModel): Chosen {
  const value = current?.value ?? '$__all'
  return [value].flat().includes('$__all') ? { allValue } : value
}

function variablesOf(dashboard: Dashboard): VariableModel[] {
  return dashboard.templating.list ?? []
}
