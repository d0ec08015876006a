import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nameOf } from '../dashboards/catalogue.ts'
import type { DashboardJson } from '../dashboards/dashboard-json.ts'
import { alertSpells, alertsTitle, dashboardOf, exampleQuery, spellKeys, urgency } from './alert-spells.ts'

const dashboards = join(import.meta.dirname, '../../dashboards/json')

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

test('a spell keeps its key while its beginning moves out of what is looked at, and an older one leaves', () => {
  const labels = { __name__: 'ALERTS', alertname: 'NodeDown', instance: 'orders-1' }
  const seenAt = (times: readonly number[]) =>
    alertSpells([{ labels, points: times.map((timeMs) => [timeMs, 1] as const) }], { endMs: 9000, stepMs: 1000 })
  const before = seenAt([1000, 5000, 6000, 7000])
  const after = seenAt([6000, 7000])
  expect([...spellKeys(after).values()]).toEqual([...spellKeys(before).values()].slice(0, 1))
  expect(new Set(spellKeys(before).values()).size).toBe(2)
})

test.each([
  [
    { journey: 'buy' },
    '/dashboards/faultline-objectives?var-objective=buy',
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

test.each([
  {},
  { journey: 'buy' },
  { callee: 'orders', service: 'gateway' },
  { service: 'gateway' },
  { instance: 'orders-1' },
])('the dashboard that %o leads to has the variables that are handed to it', (labels) => {
  const [, uid = '', search = ''] = /^\/dashboards\/([\w-]+)\??(.*)$/.exec(dashboardOf(labels)) ?? []
  const json = readFileSync(join(dashboards, `${nameOf(uid)}.json`), 'utf8')
  const known = (JSON.parse(json) as DashboardJson).templating?.list?.map(({ name }) => `var-${name}`) ?? []
  expect([...new URLSearchParams(search).keys()].filter((name) => !known.includes(name))).toEqual([])
})

test('what fires is not claimed when it is not known', () => {
  expect(alertsTitle(0, false)).toBe('Nothing fires')
  expect(alertsTitle(0, true)).not.toContain('Nothing fires')
  expect(alertsTitle(2, true)).toBe('Not known what fires; last seen: 2')
})

test('pages before causes', () => {
  expect(urgency({ severity: 'page' })).toBeLessThan(urgency({ severity: 'cause' }))
  expect(urgency({})).toBeGreaterThan(urgency({ severity: 'cause' }))
})
