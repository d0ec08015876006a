import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import type { QueryData } from '../prometheus.ts'
import { drawAnswer } from './query-answer.ts'

process.env.TZ = 'UTC'

const START_S = 1_732_314_600
const asked = { startS: START_S, endS: START_S + 900, stepS: 5 }
const optionsOf = (columns: number) => ({ columns, cutLabels: true, colors: pc.createColors(false) })

const series = (service: string, route: string) => ({
  __name__: 'http_server_request_duration_seconds_count',
  service,
  job: service,
  instance: `${service}-1`,
  region: 'na',
  http_request_method: 'GET',
  http_route: route,
})
const routes = [
  series('orders', '/orders'),
  series('orders', '/orders/:orderId'),
  series('products', '/products/:productId/availability'),
  series('recommendations', '/recommendations'),
]

const vector: QueryData = {
  resultType: 'vector',
  result: routes.map((metric, index) => ({ metric, value: [START_S, ['19.833333', '0', 'NaN', '+Inf'][index] ?? ''] })),
}

const wave = (index: number, at: number) => 20 + index * 10 * Math.sin(at / (10 + index * 20)) + (at % 3)
const matrix: QueryData = {
  resultType: 'matrix',
  result: routes.map((metric, index) => ({
    metric,
    // One that began late, one that ended early.
    values: Array.from({ length: 181 }, (_, at): [number, string] => [START_S + at * 5, String(wave(index, at))]).slice(
      index === 1 ? 60 : 0,
      index === 2 ? 120 : 181,
    ),
  })),
}

describe.each([80, 140])('at %i columns', (columns) => {
  test.each([
    ['instant', vector, undefined],
    ['range', matrix, asked],
  ] as const)('%s', async (name, data, grid) => {
    const lines = drawAnswer('some_query', data, grid, optionsOf(columns))
    expect(lines.slice(1).filter((line) => [...line].length > columns)).toEqual([])
    await expect(`${lines.map((line) => line.trimEnd()).join('\n')}\n`).toMatchFileSnapshot(
      `testdata/query-${name}-${columns}.txt`,
    )
  })
})

test('in a pipe labels stay whole', () => {
  const lines = drawAnswer('some_query', vector, undefined, { ...optionsOf(40), cutLabels: false })
  expect(lines.join('\n')).toContain('/products/:productId/availability')
})

test('an order that the query asks for stays; any other is by labels', () => {
  const shown = (query: string) =>
    drawAnswer(
      query,
      { resultType: 'vector', result: [...vector.result].reverse() } as QueryData,
      undefined,
      optionsOf(140),
    )
      .slice(2)
      .map((line) => line.split(' ')[0])
  expect(shown('foo')).toEqual(['orders', 'orders', 'products', 'recommendations'])
  expect(shown('topk by (a) (4, foo)')).toEqual(['recommendations', 'products', 'orders', 'orders'])
})

test.each([
  ['a scalar', { resultType: 'scalar', result: [START_S, '0.30000000000000004'] }, ['0.3']],
  ['a string', { resultType: 'string', result: [START_S, 'a\u001bb'] }, ['a b']],
  ['no series', { resultType: 'vector', result: [] }, []],
  ['one number', { resultType: 'vector', result: [{ metric: {}, value: [START_S, '7'] }] }, ['VALUE', '    7']],
  ['a native histogram', { resultType: 'vector', result: [{ metric: {} }] }, ['    VALUE', 'histogram']],
] satisfies [string, QueryData, string[]][])('%s', (_, data, lines) => {
  expect(drawAnswer('q', data, undefined, optionsOf(80))).toEqual(lines)
})

test('raw samples of an instant query are drawn over their own time', () => {
  const data: QueryData = {
    resultType: 'matrix',
    result: [{ metric: { __name__: 'up' }, values: [0, 1, 2, 3, 6, 7].map((at) => [START_S + at, String(at)]) }],
  }
  const [, scale, line] = drawAnswer('up[8s]', data, undefined, optionsOf(80))
  expect(scale).toMatch(/^22:30:00 .*22:30:07 {2}MIN {2}MAX {2}LAST$/)
  expect(line).toMatch(/^▁+▂+▃+▄+ +▇+█+ +0 {4}7 {5}7$/)
})
