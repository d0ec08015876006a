// Evaluates the rules of a group one after another, writes what they give, and ends the series that they no longer give.
import type { Engine } from '../../promql/engine.ts'
import type { Series } from '../tsdb/series.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import type { Alert } from './alert-state.ts'
import { alertSamples, evaluateAlerting, evaluateRecording, type RuleSample } from './rule-evaluation.ts'
import type { Rule, RuleGroup } from './rule-file.ts'

export interface RuleStatus {
  readonly rule: Rule
  health: 'unknown' | 'ok' | 'err'
  /** Empty when the last evaluation went well. */
  lastError: string
  evaluationSeconds: number
  /** 0 before the first. */
  lastEvaluationMs: number
  /** Of an alerting rule, by the keys of their labels. */
  alerts: ReadonlyMap<string, Alert>
}

export interface RuleGroupStatus {
  readonly group: RuleGroup
  readonly rules: readonly RuleStatus[]
  evaluationSeconds: number
  lastEvaluationMs: number
}

export class RuleGroupRunner {
  readonly status: RuleGroupStatus
  private readonly engine: Engine
  private readonly store: Tsdb
  /** The series that each rule gave last. */
  private readonly given: Map<string, Series>[]

  constructor(group: RuleGroup, engine: Engine, store: Tsdb) {
    this.engine = engine
    this.store = store
    const rules = group.rules.map(
      (rule): RuleStatus => ({
        rule,
        health: 'unknown',
        lastError: '',
        evaluationSeconds: 0,
        lastEvaluationMs: 0,
        alerts: new Map(),
      }),
    )
    this.status = { group, rules, evaluationSeconds: 0, lastEvaluationMs: 0 }
    this.given = rules.map(() => new Map())
  }

  /** Evaluates all rules as of that time; never rejects: a rule that fails says so in its status and harms no other. */
  async evaluate(timeMs: number): Promise<void> {
    const started = performance.now()
    for (const [i, status] of this.status.rules.entries()) await this.evaluateRule(status, i, timeMs)
    this.status.evaluationSeconds = (performance.now() - started) / 1000
    this.status.lastEvaluationMs = timeMs
  }

  /** Ends all series that the rules gave: the group is no more. */
  end(timeMs: number): void {
    for (const i of this.given.keys()) this.write([], i, timeMs)
  }

  private async evaluateRule(status: RuleStatus, index: number, timeMs: number): Promise<void> {
    const { engine } = this
    const { limit } = this.status.group
    const started = performance.now()
    try {
      if (status.rule.kind === 'recording') {
        this.write(await evaluateRecording(engine, status.rule, timeMs, limit), index, timeMs)
      } else {
        status.alerts = await evaluateAlerting(engine, status.rule, status.alerts, timeMs, limit)
        this.write(alertSamples(status.alerts), index, timeMs)
      }
      status.health = 'ok'
      status.lastError = ''
    } catch (error) {
      status.health = 'err'
      status.lastError = error instanceof Error ? error.message : String(error)
    }
    status.evaluationSeconds = (performance.now() - started) / 1000
    status.lastEvaluationMs = timeMs
  }

  private write(samples: readonly RuleSample[], index: number, timeMs: number): void {
    const before = this.given[index]
    const now = new Map<string, Series>()
    for (const { labels, value } of samples) {
      const known = before?.get(labels.key)
      const series = known && !known.isGone ? known : this.store.series(labels)
      if (!series) continue
      this.store.append(series, timeMs, value)
      now.set(labels.key, series)
    }
    for (const [key, series] of before ?? []) if (!now.has(key)) this.store.appendStale(series, timeMs)
    this.given[index] = now
  }
}
