// What one rule makes of its expression's value: the samples to write and, for an alerting rule, its alerts. No timers, no store.
import type { Engine } from '../../promql/engine.ts'
import {
  dropMetricName,
  type Labels,
  labelsFromPairs,
  labelsToRecord,
  METRIC_NAME,
  withLabel,
} from '../../promql/labels.ts'
import type { InstantSample } from '../../promql/query-result.ts'
import { type Alert, type AlertCondition, activeAlerts, stepAlerts } from './alert-state.ts'
import type { AlertingRule, RecordingRule, TemplatedText } from './rule-file.ts'
import { expandTemplate, type TemplateContext } from './template/expand-template.ts'
import type { TemplateSample } from './template/template-value.ts'

export interface RuleSample {
  readonly labels: Labels
  readonly value: number
}

export class RuleError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RuleError'
  }
}

/** The vector of an expression at a time; a scalar is a vector of one. Rejects with a QueryError or RuleError. */
export async function queryVector(engine: Engine, query: string, timeMs: number): Promise<readonly InstantSample[]> {
  const result = await engine.instantQuery({ query, timeMs })
  if (result.type === 'vector') return result.samples
  if (result.type === 'scalar') return [{ labels: labelsFromPairs([]), timestampMs: timeMs, value: result.value }]
  throw new RuleError('rule result is not a vector or scalar')
}

/** The series of a recording rule. @throws RuleError */
export async function evaluateRecording(
  engine: Engine,
  rule: RecordingRule,
  timeMs: number,
  limit: number,
): Promise<RuleSample[]> {
  const vector = await queryVector(engine, rule.query, timeMs)
  if (limit > 0 && vector.length > limit) throw new RuleError(`exceeded limit of ${limit} with ${vector.length} series`)
  const samples = vector.map(({ labels, value }) => {
    let result = withLabel(labels, METRIC_NAME, rule.name)
    for (const [name, text] of Object.entries(rule.labels)) result = withLabel(result, name, text)
    return { labels: result, value }
  })
  refuseDuplicates(samples, 'vector contains metrics with the same labelset after applying rule labels')
  return samples
}

/** The alerts of an alerting rule after this evaluation. @throws RuleError */
export async function evaluateAlerting(
  engine: Engine,
  rule: AlertingRule,
  before: ReadonlyMap<string, Alert>,
  timeMs: number,
  limit: number,
): Promise<Map<string, Alert>> {
  const vector = await queryVector(engine, rule.query, timeMs)
  const conditions: AlertCondition[] = []
  for (const sample of vector) conditions.push(await conditionOf(engine, rule, sample, timeMs))
  refuseDuplicates(conditions, 'vector contains metrics with the same labelset after applying alert labels')
  const after = stepAlerts(before, conditions, rule, timeMs)
  const active = activeAlerts(after).length
  if (limit > 0 && active > limit) throw new RuleError(`exceeded limit of ${limit} with ${active} alerts`)
  return after
}

/** `ALERTS` and `ALERTS_FOR_STATE` of pending and firing alerts. */
export function alertSamples(alerts: ReadonlyMap<string, Alert>): RuleSample[] {
  return activeAlerts(alerts).flatMap((alert) => {
    const named = withLabel(alert.labels, METRIC_NAME, 'ALERTS')
    return [
      { labels: withLabel(named, 'alertstate', alert.state), value: 1 },
      { labels: withLabel(alert.labels, METRIC_NAME, 'ALERTS_FOR_STATE'), value: Math.floor(alert.activeAtMs / 1000) },
    ]
  })
}

async function conditionOf(
  engine: Engine,
  rule: AlertingRule,
  sample: InstantSample,
  timeMs: number,
): Promise<AlertCondition> {
  const context: TemplateContext = {
    labels: labelsToRecord(sample.labels),
    value: sample.value,
    query: (expression) => templateQuery(engine, expression, timeMs),
  }
  let labels = dropMetricName(sample.labels)
  for (const [name, text] of Object.entries(rule.labels)) labels = withLabel(labels, name, await expand(text, context))
  labels = withLabel(labels, 'alertname', rule.name)
  const annotations: Record<string, string> = {}
  for (const [name, text] of Object.entries(rule.annotations)) annotations[name] = await expand(text, context)
  return { labels, annotations, value: sample.value }
}

/** A template that fails says so in its own place, and the alert fires all the same. */
async function expand(text: TemplatedText, context: TemplateContext): Promise<string> {
  try {
    return await expandTemplate(text.nodes, context)
  } catch (error) {
    return `<error expanding template: ${error instanceof Error ? error.message : String(error)}>`
  }
}

async function templateQuery(engine: Engine, expression: string, timeMs: number): Promise<TemplateSample[]> {
  const vector = await queryVector(engine, expression, timeMs)
  return vector.map(({ labels, value }) => ({ Labels: labelsToRecord(labels), Value: value }))
}

function refuseDuplicates(all: readonly { labels: Labels }[], message: string): void {
  if (new Set(all.map(({ labels }) => labels.key)).size < all.length) throw new RuleError(message)
}
