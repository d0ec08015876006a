// /rules and /alerts.
import { afterEach, describe, expect, test } from 'vitest'
import { createEngine } from '../../promql/engine.ts'
import { parseRuleFile } from '../rules/rule-file.ts'
import { RuleGroupRunner } from '../rules/rule-group-runner.ts'
import { Tsdb } from '../tsdb/tsdb.ts'
import type { PrometheusApiDeps } from './prometheus-api.ts'
import { type ApiUnderTest, ask, startApi } from './testing/api-under-test.ts'

let api: ApiUnderTest | undefined

afterEach(async () => {
  await api?.stop()
  api = undefined
})

async function start(deps: Partial<PrometheusApiDeps> = {}, samples = '# EOF\n'): Promise<ApiUnderTest> {
  api = await startApi(samples, deps)
  return api
}

/** Status and parsed body. */
async function get(request: string): Promise<{ status: number; json: unknown }> {
  if (!api) throw new Error('not started')
  const { status, body } = await ask(api.url, `GET /api/v1${request}`)
  return { status, json: JSON.parse(body) }
}

describe('rules and alerts', () => {
  const text = `
groups:
- name: g
  interval: 5s
  rules:
  - {record: 'r:one', expr: 'vector( 1 )', labels: {a: b}}
  - alert: Always
    expr: vector(3.5) > 0
    labels: {severity: page}
    annotations: {summary: 'v {{ $value }}'}
  - {alert: Pending, expr: vector(1e-7), for: 1h, keep_firing_for: 5m}
  - {alert: Never, expr: vector(1) > 2}
  - {record: fails, expr: 'vector(1) + on() group_left() {__name__=~"r.*|ALERTS"}'}
`
  const startWithRules = async () => {
    const store = new Tsdb()
    const [group] = parseRuleFile(text, 'shop.yaml', 1000)
    const runner = new RuleGroupRunner(group!, createEngine({ storage: store }), store)
    await runner.evaluate(1_700_000_000_000)
    const { status } = runner
    status.evaluationSeconds = 0.5
    for (const rule of status.rules) rule.evaluationSeconds = 0.25
    await start({ ruleGroups: () => [status] })
  }
  const evaluated = { evaluationTime: 0.25, lastEvaluation: '2023-11-14T22:13:20Z' }
  const always = {
    labels: { alertname: 'Always', severity: 'page' },
    annotations: { summary: 'v 3.5' },
    state: 'firing',
    activeAt: '2023-11-14T22:13:20Z',
    value: '3.5e+00',
  }
  const pending = {
    labels: { alertname: 'Pending' },
    annotations: {},
    state: 'pending',
    activeAt: '2023-11-14T22:13:20Z',
    value: '1e-07',
  }
  const alerting = {
    duration: 0,
    keepFiringFor: 0,
    labels: {},
    annotations: {},
    health: 'ok',
    ...evaluated,
    type: 'alerting',
  }

  test('groups', async () => {
    await startWithRules()
    const { json } = await get('/rules')
    expect(json).toEqual({
      status: 'success',
      data: {
        groups: [
          {
            name: 'g',
            file: 'shop.yaml',
            interval: 5,
            limit: 0,
            evaluationTime: 0.5,
            lastEvaluation: '2023-11-14T22:13:20Z',
            rules: [
              { name: 'r:one', query: 'vector(1)', labels: { a: 'b' }, health: 'ok', ...evaluated, type: 'recording' },
              {
                ...alerting,
                state: 'firing',
                name: 'Always',
                query: 'vector(3.5) > 0',
                labels: { severity: 'page' },
                annotations: { summary: 'v {{ $value }}' },
                alerts: [always],
              },
              {
                ...alerting,
                state: 'pending',
                name: 'Pending',
                query: 'vector(0.0000001)',
                duration: 3600,
                keepFiringFor: 300,
                alerts: [pending],
              },
              { ...alerting, state: 'inactive', name: 'Never', query: 'vector(1) > 2', alerts: [] },
              {
                name: 'fails',
                query: 'vector(1) + on () group_left () {__name__=~"r.*|ALERTS"}',
                health: 'err',
                lastError: expect.stringContaining('many-to-many'),
                ...evaluated,
                type: 'recording',
              },
            ],
          },
        ],
      },
    })
    expect(await get('/alerts')).toEqual({
      status: 200,
      json: { status: 'success', data: { alerts: [always, pending] } },
    })
  })

  const names = (json: unknown) =>
    (json as { data: { groups: { rules: { name: string }[] }[] } }).data.groups.flatMap(({ rules }) =>
      rules.map(({ name }) => name),
    )

  test.each([
    ['type=alert', ['Always', 'Pending', 'Never']],
    ['type=record', ['r:one', 'fails']],
    ['rule_name[]=Never&rule_name[]=r:one', ['r:one', 'Never']],
    ['rule_group[]=g&file[]=shop.yaml', ['r:one', 'Always', 'Pending', 'Never', 'fails']],
    ['rule_group[]=h', []],
    ['file[]=other.yaml', []],
    ['rule_name[]=nope', []],
  ])('filter %s', async (filter, expected) => {
    await startWithRules()
    expect(names((await get(`/rules?${filter}`)).json)).toEqual(expected)
  })

  test('without alerts', async () => {
    await startWithRules()
    expect((await get('/rules?exclude_alerts=true&rule_name[]=Always')).json).toMatchObject({
      data: { groups: [{ rules: [{ state: 'firing', alerts: [] }] }] },
    })
  })
})
