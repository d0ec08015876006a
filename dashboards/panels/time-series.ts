// Lines over time: one for each series, named in a table below with its last and its highest value.
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { type DataLink, describe, fixedColor, linksProperty, type PanelSpec } from './panel.ts'
import { type Query, rangeQuery } from './query.ts'
import { type Limits, thresholds } from './thresholds.ts'

export type TimeSeriesSpec = PanelSpec & {
  queries: readonly Query[]
  stacked?: true
  /** Drawn as dashed lines. */
  limits?: Limits
  /** Of series by the whole of their name, or by `/a regular expression/`. Others have a colour by their name, the same everywhere. */
  colors?: Record<string, string>
  links?: readonly DataLink[]
  min?: number
  max?: number
}

export function timeSeries(spec: TimeSeriesSpec): PanelBuilder {
  const { queries, stacked, limits, colors = {}, links, max } = spec
  const panel = describe(new PanelBuilder(), spec, { width: 12, height: 9 })
    .targets(queries.map(rangeQuery))
    .min(spec.min ?? 0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .lineWidth(stacked ? 1 : 2)
    .fillOpacity(stacked ? 40 : 5)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
  if (max !== undefined) panel.max(max)
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  if (limits) {
    panel
      .thresholds(thresholds(limits))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  }
  for (const [name, color] of Object.entries(colors)) {
    if (name.startsWith('/')) panel.overrideByRegexp(name, [fixedColor(color)])
    else panel.overrideByName(name, [fixedColor(color)])
  }
  if (links) panel.overrideByRegexp('/.*/', [linksProperty(links)])
  return panel
}

export function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(['lastNotNull', 'max'])
}
