// Vertical lines of what changed, on every dashboard, from metrics alone, so that any Prometheus that scrapes the control plane has them.
// A change appears here as soon as the control plane tells it (cluster/control-plane/annotations.ts): a new sort of change, such as a
// fault, is a line of this table.
import { type AnnotationQuery, AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { prometheus } from './datasources.ts'

type Source = {
  name: string
  color: string
  expr: string
  title: string
  tags: string
  /** The value is the moment, in milliseconds. Otherwise the line lasts as long as there are values. */
  valueIsMoment?: true
  /** Nothing of the kind is expected to have happened. */
  rare?: true
}

/** Changes of some kinds, for a minute after each: a panel that shows an hour must not draw yesterday's. */
function changes(kinds: string): string {
  return `(faultline_change_timestamp_seconds{change=~"${kinds}"} > time() - 60) * 1000`
}

export const annotationSources = {
  changes: {
    name: 'Changes',
    color: 'blue',
    expr: changes('cluster|load|scaled|node-restarted|policy'),
    title: '{{change}}: {{subject}}',
    tags: 'change,subject',
    valueIsMoment: true,
  },
  deaths: {
    name: 'Deaths of nodes',
    color: 'red',
    expr: changes('node-died|node-killed'),
    title: '{{change}}: {{subject}}',
    tags: 'change,subject',
    valueIsMoment: true,
    rare: true,
  },
  faults: {
    name: 'Faults',
    color: 'purple',
    expr: changes('fault'),
    title: '{{change}}: {{subject}}',
    tags: 'change,subject',
    valueIsMoment: true,
    rare: true,
  },
  alerts: {
    name: 'Pages',
    color: 'orange',
    expr: 'max by (alertname, journey) (ALERTS{alertstate="firing", severity="page"})',
    title: '{{alertname}} {{journey}}',
    tags: 'alertname',
    rare: true,
  },
} satisfies Record<string, Source>

const STEP = '5s'

export function annotationQueries(): AnnotationQuery[] {
  return Object.values<Source>(annotationSources).map((source) => {
    const { name, color, expr, title, tags, valueIsMoment = false } = source
    const query = new AnnotationQueryBuilder()
      .name(name)
      .datasource(prometheus)
      .enable(true)
      .hide(false)
      .iconColor(color)
      .target(new DataqueryBuilder().datasource(prometheus).refId('Anno').expr(expr).range().interval(STEP))
      .expr(expr)
      .step(STEP)
      .titleFormat(title)
      .textFormat('')
      .tagKeys(tags)
      .useValueForTime(valueIsMoment)
      .build()
    // The SDK's default would put its switch into a menu.
    delete query.placement
    return query
  })
}
