// Lines of the logs, by a query of Loki.
import { LogsSortOrder } from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/logs'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki'
import { loki } from './datasources.ts'
import { describe, type PanelSpec } from './panel.ts'
import { unit } from './unit.ts'

export function logs(spec: Omit<PanelSpec, 'unit'> & { expr: string }): PanelBuilder {
  return describe(new PanelBuilder(), { ...spec, unit: unit.none }, { width: 24, height: 9, source: loki })
    .withTarget(new DataqueryBuilder().datasource(loki).refId('A').expr(spec.expr).queryType('range').maxLines(100))
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending)
}
