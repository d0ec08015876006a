// Variables, from which the reader of a dashboard chooses: the same name means the same everywhere, so that links carry them over.
// Queries use them as `label=~"$name"` alone: that is what Grafana, and whoever draws these dashboards, is to interpolate.
import {
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { prometheus } from './datasources.ts'

type VariableSpec = {
  name: string
  label: string
  info: string
  /** Whose values of `of` are offered. */
  series: string
  of: string
}

/** Several values, or all of them. */
export function many(spec: VariableSpec): VariableModel {
  return finish(
    builder(spec)
      .multi(true)
      .includeAll(true)
      .allValue('.*')
      .current({ text: ['All'], value: ['$__all'] }),
  )
}

/** One value. */
export function one(spec: VariableSpec & { standard: string }): VariableModel {
  return finish(builder(spec).multi(false).current({ text: spec.standard, value: spec.standard }))
}

function builder({ name, label, info, series, of }: VariableSpec): QueryVariableBuilder {
  const query = `label_values(${series}, ${of})`
  return new QueryVariableBuilder(name)
    .label(label)
    .description(info)
    .datasource(prometheus)
    .query({ query, refId: 'StandardVariableQuery' })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
}

function finish(variable: QueryVariableBuilder): VariableModel {
  return variable.build()
}

export const region = many({
  name: 'region',
  label: 'Region',
  info: 'Where the nodes stand; global ones are in none.',
  series: 'up',
  of: 'region',
})

export const customerRegion = many({
  name: 'customer_region',
  label: 'Customers from',
  info: 'Where the customers are, wherever they are served.',
  series: 'load_request_duration_seconds_count',
  of: 'customer_region',
})

export const services = many({
  name: 'service',
  label: 'Service',
  info: 'Kinds of nodes.',
  series: 'up',
  of: 'service',
})

export const instance = many({
  name: 'instance',
  label: 'Node',
  info: 'Single nodes of the services chosen.',
  series: 'up{region=~"$region", service=~"$service"}',
  of: 'instance',
})

/** A service that serves HTTP. */
export function service(standard: string): VariableModel {
  return one({
    name: 'service',
    label: 'Service',
    info: 'The kind of node that is looked at.',
    series: 'http_server_request_duration_seconds_count',
    of: 'service',
    standard,
  })
}

export const route = many({
  name: 'route',
  label: 'Route',
  info: 'Routes of the service.',
  series: 'http_server_request_duration_seconds_count{service=~"$service"}',
  of: 'http_route',
})
