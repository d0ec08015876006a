// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Grafana look like that
import { expect, test } from 'vitest'
import { type Chosen, interpolateLink, interpolateQuery, interpolateText, type Variables } from './interpolation.ts'

const one = (value: string): Chosen => ({ values: [value], all: false, multi: false })
const many = (...values: string[]): Chosen => ({ values, all: false, multi: true })
const variables: Variables = {
  service: one('orders'),
  region: many('na', 'eu'),
  instance: many('orders-1.a'),
  route: { values: ['/a', '/b'], all: true, allValue: '.*', multi: true },
  kind: { values: ['x', 'y'], all: true, multi: true },
}
const scope = { startMs: 0, endMs: 900_000, stepMs: 5000, scrapeMs: 5000 }

test.each([
  ['up{service="$service"}', 'up{service="orders"}'],
  ['up{region=~"$region"}', 'up{region=~"(na|eu)"}'],
  ['up{i=~"[[region]]"}', 'up{i=~"(na|eu)"}'],
  ['up{instance=~"$instance"}', 'up{instance=~"orders-1\\\\.a"}'],
  ['up{instance=~"${instance:regex}"}', 'up{instance=~"orders-1\\.a"}'],
  ['up{route=~"$route"}', 'up{route=~".*"}'],
  ['up{kind=~"$kind"}', 'up{kind=~"(x|y)"}'],
  ['rate(x[$__rate_interval])', 'rate(x[20s])'],
  ['rate(x[$__interval])', 'rate(x[5s])'],
  ['increase(x[${__range}])', 'increase(x[900s])'],
  ['label_replace(up, "a", "$1", "b", "(.+)")', 'label_replace(up, "a", "$1", "b", "(.+)")'],
  ['${region:csv} ${region:pipe} ${region:json}', 'na,eu na|eu ["na","eu"]'],
])('%s', (query, expected) => {
  expect(interpolateQuery(query, variables, scope)).toEqual({ text: expected, unknown: [] })
})

test('a rate interval follows the step when that is long', () => {
  expect(interpolateQuery('[$__rate_interval]', {}, { ...scope, stepMs: 60_000 }).text).toBe('[65s]')
  expect(interpolateQuery('[$__interval]', {}, { ...scope, stepMs: 500 }).text).toBe('[500ms]')
})

test('what has no value is left and told', () => {
  expect(interpolateQuery('up{a="$nobody"} $service', variables, scope)).toEqual({
    text: 'up{a="$nobody"} orders',
    unknown: ['nobody'],
  })
})

test('texts', () => {
  expect(interpolateText('$service in $region of $route', variables)).toBe('orders in na + eu of All')
})

test('links', () => {
  const link = { variables, startMs: 1, endMs: 2 }
  expect(
    interpolateLink('/d/x?${__url_time_range}&var-service=${__field.labels.service}', {
      ...link,
      field: { name: 'a', labels: { service: 'a&b' } },
    }),
  ).toBe('/d/x?from=1&to=2&var-service=a%26b')
  expect(interpolateLink('/d/x?i=${__value.raw}', { ...link, value: { raw: 'orders 1' } })).toBe('/d/x?i=orders%201')
  expect(
    interpolateLink('/d/x?i=${__data.fields.id}&j=${__data.fields["a b"]}', { ...link, row: { id: '7', 'a b': '8' } }),
  ).toBe('/d/x?i=7&j=8')
  expect(interpolateLink('/d/x?${region:queryparam}&${route:queryparam}', link)).toBe(
    '/d/x?var-region=na&var-region=eu&var-route=%24__all',
  )
})
