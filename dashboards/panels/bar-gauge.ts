// A bar for each series, of its value now.

import { PanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BarGaugeDisplayMode,
  BarGaugeValueMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common'
import { describe, type PanelSpec } from './panel.ts'
import { instantQuery, type Query } from './query.ts'
import { type Limits, thresholds } from './thresholds.ts'

export type BarGaugeSpec = PanelSpec & { queries: readonly Query[]; limits: Limits; min?: number; max?: number }

export function barGauge(spec: BarGaugeSpec): PanelBuilder {
  const panel = describe(new PanelBuilder(), spec, { width: 8, height: 9 })
    .targets(spec.queries.map(instantQuery))
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .valueMode(BarGaugeValueMode.Color)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .thresholds(thresholds(spec.limits))
    .min(spec.min ?? 0)
  if (spec.max !== undefined) panel.max(spec.max)
  return panel
}
