// One figure, its colour by its limits, with its course behind it.
import { BigValueColorMode, BigValueGraphMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { describe, type PanelSpec } from './panel.ts'
import { type Query, rangeQuery } from './query.ts'
import { type Limits, thresholds } from './thresholds.ts'

export type StatSpec = PanelSpec & { queries: readonly Query[]; limits?: Limits; decimals?: number }

export function stat(spec: StatSpec): PanelBuilder {
  const panel = describe(new PanelBuilder(), spec, { width: 4, height: 4 })
    .targets(spec.queries.map(rangeQuery))
    .colorMode(spec.limits ? BigValueColorMode.Value : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .thresholds(thresholds(spec.limits ?? {}))
    .min(0)
  if (spec.decimals !== undefined) panel.decimals(spec.decimals)
  return panel
}
