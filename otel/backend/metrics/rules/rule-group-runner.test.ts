import { beforeEach, describe, expect, test } from 'vitest'
import { createEngine } from '../../promql/engine.ts'
import { parseSeriesLine } from '../../promql/testing/series-notation.ts'
import { samplesOf, until, valuesOf } from '../scrape/test-target.ts'
import { Tsdb } from '../tsdb/tsdb.ts'
import { parseRuleFile } from './rule-file.ts'
import { RuleGroupRunner } from './rule-group-runner.ts'
import { RuleManager } from './rule-manager.ts'

let store: Tsdb

beforeEach(() => {
  store = new Tsdb()
})

function load(...lines: string[]) {
  for (const line of lines) {
    const { labels, points } = parseSeriesLine(line)
    const series = store.series(labels)!
    for (const [i, point] of points.entries()) {
      if (point === 'stale') store.appendStale(series, i * 1000)
      else if (point !== 'none') store.append(series, i * 1000, point)
    }
  }
}

function newRunner(rules: string, limit = 0): RuleGroupRunner {
  const text = `groups:\n- name: g\n  limit: ${limit}\n  rules:\n${rules}`
  const [group] = parseRuleFile(text, 'g.yaml', 1000)
  return new RuleGroupRunner(group!, createEngine({ storage: store }), store)
}

async function run(runner: RuleGroupRunner, seconds: number) {
  for (let second = 0; second < seconds; second++) await runner.evaluate(second * 1000)
}

const errorsOf = (runner: RuleGroupRunner) => runner.status.rules.map(({ lastError }) => lastError)

describe('recording rules', () => {
  test('write samples under their name and labels, later rules see them', async () => {
    load('m{a="1",b="x"} 1 2 3', 'm{a="2",b="x"} 10 20 30')
    const runner = newRunner(
      '  - {record: "m:sum", expr: sum by (a) (m), labels: {b: "", c: z}}\n  - {record: "m:all", expr: sum(m:sum)}\n',
    )
    await run(runner, 3)
    expect(errorsOf(runner)).toEqual(['', ''])
    expect(Object.keys(samplesOf(store, 'm:sum'))).toEqual(['{"a":"1","c":"z"}', '{"a":"2","c":"z"}'])
    expect(valuesOf(store, 'm:all')).toEqual([11, 22, 33])
  })

  test('a scalar is a vector of one', async () => {
    const runner = newRunner('  - {record: t, expr: time()}\n')
    await run(runner, 2)
    expect(valuesOf(store, 't')).toEqual([0, 1])
  })

  test('a series that is no longer given ends at once', async () => {
    load('m 1 1 stale _ 1')
    const runner = newRunner('  - {record: r, expr: m}\n')
    await run(runner, 5)
    expect(valuesOf(store, 'r')).toEqual([1, 1, 'stale', 1])
  })

  test('the end of the group ends its series', async () => {
    load('m 1 1')
    const runner = newRunner('  - {record: r, expr: m}\n')
    await run(runner, 2)
    runner.end(2000)
    expect(valuesOf(store, 'r')).toEqual([1, 1, 'stale'])
  })
})

describe('a rule that fails says so and harms no other', () => {
  test.each([
    ['{record: r, expr: "m / on(b) m"}', 0, /many-to-many|duplicate series/],
    [
      '{record: r, expr: m, labels: {a: same}}',
      0,
      /^vector contains metrics with the same labelset after applying rule labels$/,
    ],
    [
      '{alert: r, expr: m, labels: {a: same}}',
      0,
      /^vector contains metrics with the same labelset after applying alert labels$/,
    ],
    ['{record: r, expr: "\'text\'"}', 0, /^rule result is not a vector or scalar$/],
    ['{record: r, expr: m}', 1, /^exceeded limit of 1 with 2 series$/],
    ['{alert: r, expr: m}', 1, /^exceeded limit of 1 with 2 alerts$/],
  ])('%s', async (rule, limit, message) => {
    load('m{a="1",b="x"} 1 2', 'm{a="2",b="x"} 3 4')
    const runner = newRunner(`  - ${rule}\n  - {record: good, expr: sum(m)}\n`, limit)
    await run(runner, 2)
    expect(runner.status.rules[0]).toMatchObject({ health: 'err', lastError: expect.stringMatching(message) })
    expect(runner.status.rules[1]).toMatchObject({ health: 'ok', lastError: '', lastEvaluationMs: 1000 })
    expect(valuesOf(store, 'good')).toEqual([4, 6])
  })
})

describe('alerting rules', () => {
  const rule = `  - alert: High
    expr: m > 1
    for: 2s
    labels: {severity: page, where: 'in {{ $labels.region }}'}
    annotations: {summary: '{{ $value }} of {{ $labels.__name__ }}, {{ query "other" | first | value }}', broken: '{{ $value.x }}'}
`

  test('pass from pending to firing, and write ALERTS', async () => {
    load('m{region="eu"} 0 2 3 4 1', 'other 7 7 7 7 7')
    const runner = newRunner(rule)
    await run(runner, 4)
    const [alert] = [...(runner.status.rules[0]?.alerts.values() ?? [])]
    expect(alert).toMatchObject({
      state: 'firing',
      value: 4,
      activeAtMs: 1000,
      annotations: { summary: '4 of m, 7', broken: '<error expanding template: there is no field x>' },
    })
    await runner.evaluate(4000)
    const labels = '"region":"eu","severity":"page","where":"in eu"'
    const alerts = samplesOf(store, 'ALERTS')
    expect(
      alerts[`{"alertname":"High","alertstate":"pending",${labels}}`]?.map(({ timestampMs, stale }) => [
        timestampMs,
        stale,
      ]),
    ).toEqual([
      [1000, false],
      [2000, false],
      [3000, true],
    ])
    expect(
      alerts[`{"alertname":"High","alertstate":"firing",${labels}}`]?.map(({ timestampMs, stale }) => [
        timestampMs,
        stale,
      ]),
    ).toEqual([
      [3000, false],
      [4000, true],
    ])
    expect(valuesOf(store, 'ALERTS_FOR_STATE')).toEqual([1, 1, 1, 'stale'])
  })
})

test('the manager evaluates groups at their intervals until it is stopped', async () => {
  const groups = parseRuleFile(
    'groups: [{name: g, interval: 20ms, rules: [{record: r, expr: vector(1)}]}, {name: h, interval: 1h}]',
    'g',
    1000,
  )
  const manager = new RuleManager({ engine: createEngine({ storage: store }), store, groups })
  manager.start()
  await until(() => valuesOf(store, 'r').length >= 3, 'three evaluations')
  await manager.stop()
  const values = valuesOf(store, 'r')
  expect(values.at(-1)).toBe('stale')
  const times = Object.values(samplesOf(store, 'r'))[0]!
    .slice(0, -1)
    .map(({ timestampMs }) => timestampMs % 20)
  expect(new Set(times).size).toBe(1)
  expect(manager.groups().map(({ group, lastEvaluationMs }) => [group.name, lastEvaluationMs > 0])).toEqual([
    ['g', true],
    ['h', false],
  ])
})
