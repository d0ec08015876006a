// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Grafana look like that
import { expect, test } from 'vitest'
import { choose, fixedOptions, optionsFrom, parseVariableQuery, variablesIn } from './variables.ts'

test.each([
  ['label_values(up, region)', { kind: 'label-values', label: 'region', selector: 'up' }],
  ['label_values(region)', { kind: 'label-values', label: 'region', selector: undefined }],
  [
    'label_values(up{region=~"$region", service=~"$service"}, instance)',
    { kind: 'label-values', label: 'instance', selector: 'up{region=~"$region", service=~"$service"}' },
  ],
  ['label_names()', { kind: 'label-names' }],
  ['metrics(shop_)', { kind: 'metrics', pattern: 'shop_' }],
  ['query_result(sum(up))', { kind: 'query-result', query: 'sum(up)' }],
  ['sum(up)', undefined],
])('%s', (text, expected) => {
  expect(parseVariableQuery(text)).toEqual(expected)
})

test('options of a custom variable', () => {
  expect(fixedOptions({ type: 'custom', name: 'x', query: 'a, half : 0.5, b\\,c' })).toEqual([
    { text: 'a', value: 'a' },
    { text: 'half', value: '0.5' },
    { text: 'b,c', value: 'b,c' },
  ])
})

test('options by pattern and order', () => {
  const variable = { type: 'query', name: 'x', sort: 1, regex: '/orders-(\\d+)/' }
  expect(optionsFrom(variable, ['orders-2', 'users-1', 'orders-1']).map(({ value }) => value)).toEqual(['1', '2'])
})

const several = {
  type: 'query',
  name: 'x',
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { value: ['$__all'] },
}
const options = [
  { text: 'a', value: 'a' },
  { text: 'b', value: 'b' },
]

test('a choice: of the address, of the dashboard, the first', () => {
  expect(choose(several, options, [])).toEqual({ values: ['a', 'b'], all: true, multi: true, allValue: '.*' })
  expect(choose(several, options, ['b', 'gone'])).toMatchObject({ values: ['b', 'gone'], all: false })
  expect(choose({ type: 'query', name: 'x', current: { value: 'b' } }, options, [])).toMatchObject({ values: ['b'] })
  expect(choose({ type: 'query', name: 'x' }, options, [])).toMatchObject({ values: ['a'], multi: false })
  expect(choose({ type: 'query', name: 'x' }, [], [])).toMatchObject({ values: [] })
})

test('variables that a text uses', () => {
  expect(variablesIn('up{a=~"$region", b="${service:regex}"} $regions', ['region', 'service', 'x'])).toEqual([
    'region',
    'service',
  ])
})
