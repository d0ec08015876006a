// Runs the unit tests of rules that `promtool test rules` runs, on our own store, engine and rules.
import { parse } from 'yaml'
import { z } from 'zod'
import { createEngine, type Engine } from '../../../promql/engine.ts'
import { type Labels, labelsFrom, withLabel } from '../../../promql/labels.ts'
import { parseDurationMs } from '../../../promql/language/duration.ts'
import { parsePoints, parseSeriesLine } from '../../../promql/testing/series-notation.ts'
import { parseGoFloat } from '../../go-float.ts'
import { Tsdb } from '../../tsdb/tsdb.ts'
import { activeAlerts } from '../alert-state.ts'
import { queryVector } from '../rule-evaluation.ts'
import { parseRuleFile, type RuleGroup } from '../rule-file.ts'
import { RuleGroupRunner } from '../rule-group-runner.ts'

const duration = z
  .union([z.string(), z.number().transform((n) => `${n}s`)])
  .transform((text) => parseDurationMs(text) ?? Number.NaN)
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((record) => record ?? {})

const testFile = z.strictObject({
  rule_files: z.array(z.string()),
  evaluation_interval: duration.default(60_000),
  group_eval_order: z.array(z.string()).default([]),
  tests: z.array(
    z.strictObject({
      name: z.string().optional(),
      interval: duration.default(60_000),
      input_series: z.array(z.strictObject({ series: z.string(), values: z.string() })),
      alert_rule_test: z
        .array(
          z.strictObject({
            eval_time: duration,
            alertname: z.string(),
            exp_alerts: z.array(z.strictObject({ exp_labels: labels, exp_annotations: labels })).nullish(),
          }),
        )
        .default([]),
      promql_expr_test: z
        .array(
          z.strictObject({
            eval_time: duration,
            expr: z.string(),
            exp_samples: z
              .array(
                z.strictObject({
                  labels: z.string(),
                  value: z.string().transform((text) => parseGoFloat(text) ?? Number.NaN),
                }),
              )
              .nullish(),
          }),
        )
        .default([]),
    }),
  ),
})

type TestGroup = z.infer<typeof testFile>['tests'][number]

/** What is expected and not found, or found and not expected: nothing when all is well. */
export async function runRuleTests(text: string, readFile: (name: string) => string): Promise<string[]> {
  const file = testFile.parse(parse(text, { schema: 'failsafe' }))
  const order = file.group_eval_order
  const groups = file.rule_files
    .flatMap((name) => parseRuleFile(readFile(name), name, file.evaluation_interval))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  const failures: string[] = []
  for (const [i, test] of file.tests.entries()) {
    const found = await runTest(test, groups, file.evaluation_interval)
    failures.push(...found.map((failure) => `${test.name ?? `test ${i + 1}`}: ${failure}`))
  }
  return failures
}

async function runTest(test: TestGroup, groups: readonly RuleGroup[], intervalMs: number): Promise<string[]> {
  const store = new Tsdb()
  const engine = createEngine({ storage: store })
  loadSeries(store, test)
  const runners = groups.map((group) => new RuleGroupRunner(group, engine, store))
  const checks = [...test.alert_rule_test, ...test.promql_expr_test]
  const lastMs = Math.max(...checks.map(({ eval_time }) => eval_time))
  const failures: string[] = []
  for (let timeMs = 0; timeMs <= lastMs; timeMs += intervalMs) {
    for (const runner of runners) {
      await runner.evaluate(timeMs)
      for (const { rule, lastError } of runner.status.rules) if (lastError) failures.push(`${rule.name}: ${lastError}`)
    }
    const isDue = ({ eval_time }: { eval_time: number }) => eval_time >= timeMs && eval_time < timeMs + intervalMs
    for (const check of test.alert_rule_test.filter(isDue)) {
      const expected = (check.exp_alerts ?? []).map((alert) => {
        return describe(labelsFrom({ ...alert.exp_labels, alertname: check.alertname }), alert.exp_annotations)
      })
      compare(`${check.alertname} at ${check.eval_time} ms`, expected, firing(runners, check.alertname), failures)
    }
  }
  for (const check of test.promql_expr_test) await checkExpression(check, engine, failures)
  return failures
}

function loadSeries(store: Tsdb, { input_series, interval }: TestGroup): void {
  for (const { series: text, values } of input_series) {
    const series = store.series(parseSeriesLine(text.trim()).labels)
    if (!series) throw new Error('the store refused a series')
    for (const [i, point] of parsePoints(values).entries()) {
      if (point === 'stale') store.appendStale(series, i * interval)
      else if (point !== 'none') store.append(series, i * interval, point)
    }
  }
}

function firing(runners: readonly RuleGroupRunner[], name: string): string[] {
  return runners.flatMap(({ status }) =>
    status.rules
      .filter(({ rule }) => rule.kind === 'alerting' && rule.name === name)
      .flatMap(({ alerts }) => activeAlerts(alerts))
      .filter(({ state }) => state === 'firing')
      .map((alert) => describe(alert.labels, alert.annotations)),
  )
}

async function checkExpression(
  check: TestGroup['promql_expr_test'][number],
  engine: Engine,
  failures: string[],
): Promise<void> {
  const found = await queryVector(engine, check.expr, check.eval_time)
  const expected = (check.exp_samples ?? []).map((sample) => {
    return describe(parseSeriesLine(sample.labels.trim()).labels, { value: rounded(sample.value) })
  })
  const actual = found.map((sample) => describe(sample.labels, { value: rounded(sample.value) }))
  compare(`${check.expr} at ${check.eval_time} ms`, expected, actual, failures)
}

/** Floats are compared to twelve digits: promtool itself allows for rounding. */
function rounded(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(12))) : String(value)
}

function describe(set: Labels, annotations: Readonly<Record<string, string>>): string {
  const pairs = withLabel(set, '', '').pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const sorted = Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${pairs.join(', ')}} ${JSON.stringify(sorted)}`
}

function compare(what: string, expected: readonly string[], actual: readonly string[], failures: string[]): void {
  for (const text of expected) if (!actual.includes(text)) failures.push(`${what}: missing ${text}`)
  for (const text of actual) if (!expected.includes(text)) failures.push(`${what}: unexpected ${text}`)
}
