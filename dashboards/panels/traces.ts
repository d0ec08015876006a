// A list of traces to click, by a search in Jaeger.
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table'
import { jaeger } from './datasources.ts'
import { describe, type PanelSpec } from './panel.ts'
import { unit } from './unit.ts'

export type TraceSearch = {
  service: string
  /** `key=value`, separated by spaces: of one span each. */
  tags?: string
  /** For instance `100ms`. */
  minDuration?: string
}

const LIMIT = 20

export function traceTable(spec: Omit<PanelSpec, 'unit'> & { search: TraceSearch }): PanelBuilder {
  return describe(
    new PanelBuilder(),
    { ...spec, unit: unit.none },
    { width: 12, height: 9, source: jaeger },
  ).withTarget(searchQuery(spec.search))
}

/** The SDK knows no queries of Jaeger; these are the fields that Grafana's data source reads. */
function searchQuery(search: TraceSearch): Builder<Dataquery> {
  const query = { refId: 'A', datasource: jaeger, queryType: 'search', limit: LIMIT, ...search }
  return { build: () => ({ ...query, _implementsDataqueryVariant() {} }) }
}
