// Which state something was in, and from when to when: a bar for each series.
import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common'
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { describe, type PanelSpec } from './panel.ts'
import { type Query, rangeQuery } from './query.ts'
import { legend } from './time-series.ts'

export type State = { value: number; text: string; color: string }

/** @param spec its queries give the numbers that `states` names */
export function stateTimeline(spec: PanelSpec & { queries: readonly Query[]; states: readonly State[] }): PanelBuilder {
  return describe(new PanelBuilder(), spec, { width: 24, height: 10 })
    .targets(spec.queries.map(rangeQuery))
    .mappings([mappingOf(spec.states)])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .rowHeight(0.85)
    .perPage(30)
    .fillOpacity(80)
    .lineWidth(0)
    .legend(legend().showLegend(true).calcs([]))
}

function mappingOf(states: readonly State[]): ValueMapping {
  const options = states.map(({ value, text, color }, index) => [String(value), { text, color, index }] as const)
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) }
}
