// How a distribution moves: a row for each bucket of a histogram, the darker the more fell into it. Dots are examples that lead to traces.
import { HeatmapCellLayout, TooltipDisplayMode, VisibilityMode } from '@grafana/grafana-foundation-sdk/common'
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  HeatmapTooltipBuilder,
  PanelBuilder,
  RowsHeatmapOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { describe, type PanelSpec } from './panel.ts'
import { heatmapQuery } from './query.ts'

/** @param spec its expression keeps `le` alone; its unit is that of the buckets */
export function heatmap(spec: PanelSpec & { expr: string }): PanelBuilder {
  return describe(new PanelBuilder(), spec, { width: 12, height: 9 })
    .withTarget(heatmapQuery(spec.expr, 0))
    .calculate(false)
    .rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Auto).value('requests/s'))
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .fill('dark-orange')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64)
        .reverse(false),
    )
    .showValue(VisibilityMode.Never)
    .cellGap(1)
    .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true).showColorScale(true))
    .exemplarsColor('rgba(50, 116, 217, 0.8)')
    .showLegend()
}
