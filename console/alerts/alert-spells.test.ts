import { expect, test } from 'vitest'
import { alertSpells, dashboardOf, exampleQuery, urgency } from './alert-spells.ts'

test('spells of firing, the newest first', () => {
  const labels = { __name__: 'ALERTS', alertname: 'NodeDown', alertstate: 'firing', instance: 'orders-1' }
  const matrix = [
    {
      labels,
      points: [
        [1000, 1],
        [2000, 1],
        [6000, 1],
      ] as const,
    },
  ]
  expect(alertSpells(matrix, { endMs: 6500, stepMs: 1000 })).toEqual([
    { name: 'NodeDown', labels: { instance: 'orders-1' }, startMs: 6000, endMs: 6000, lasting: true },
    { name: 'NodeDown', labels: { instance: 'orders-1' }, startMs: 1000, endMs: 2000, lasting: false },
  ])
})

test.each([
  [
    { journey: 'buy' },
    '/dashboards/faultline-objectives?var-journey=buy',
    'http_server_request_duration_seconds_bucket{service="gateway"}',
  ],
  [
    { callee: 'orders', service: 'gateway' },
    '/dashboards/faultline-failures?var-service=gateway',
    'http_client_request_duration_seconds_bucket{callee="orders",service="gateway"}',
  ],
  [
    { instance: 'orders-1' },
    '/dashboards/faultline-resources?var-instance=orders-1',
    'http_server_request_duration_seconds_bucket{instance="orders-1"}',
  ],
  [{}, '/dashboards/faultline-shop', 'load_request_duration_seconds_bucket'],
])('%o leads to its dashboard and its example', (labels, path, query) => {
  expect(dashboardOf(labels)).toBe(path)
  expect(exampleQuery(labels)).toBe(query)
})

test('pages before causes', () => {
  expect(urgency({ severity: 'page' })).toBeLessThan(urgency({ severity: 'cause' }))
  expect(urgency({})).toBeGreaterThan(urgency({ severity: 'cause' }))
})
