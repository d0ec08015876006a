// Rules and alerts as Prometheus's API shows them.
import { compareLabels, labelsToRecord } from '../../promql/labels.ts'
import { formatExponent } from '../go-float.ts'
import { type Alert, activeAlerts } from '../rules/alert-state.ts'
import type { TemplatedText } from '../rules/rule-file.ts'
import type { RuleGroupStatus, RuleStatus } from '../rules/rule-group-runner.ts'
import { formatRfc3339 } from './rfc3339.ts'

export interface RuleFilter {
  type: '' | 'alert' | 'record'
  /** Empty: any. */
  names: ReadonlySet<string>
  groups: ReadonlySet<string>
  files: ReadonlySet<string>
  withAlerts: boolean
}

/** Groups with the rules that pass the filter; groups left without any are left out, unless there is no filter. */
export function ruleGroupsJson(groups: readonly RuleGroupStatus[], filter: RuleFilter): object[] {
  const filtered = filter.type !== '' || filter.names.size > 0
  return groups
    .filter(({ group }) => passes(filter.groups, group.name) && passes(filter.files, group.file))
    .map((status) => ({
      name: status.group.name,
      file: status.group.file,
      rules: status.rules.filter((rule) => passesRule(filter, rule)).map((rule) => ruleJson(rule, filter.withAlerts)),
      interval: status.group.intervalMs / 1000,
      limit: status.group.limit,
      evaluationTime: status.evaluationSeconds,
      lastEvaluation: formatRfc3339(status.lastEvaluationMs),
    }))
    .filter(({ rules }) => !filtered || rules.length > 0)
}

/** Pending and firing alerts of all rules. */
export function alertsJson(groups: readonly RuleGroupStatus[]): object[] {
  return groups.flatMap(({ rules }) => rules.flatMap(({ alerts }) => sorted(alerts).map(alertJson)))
}

function ruleJson(status: RuleStatus, withAlerts: boolean): object {
  const { rule, health, lastError } = status
  const evaluation = {
    health,
    ...(lastError === '' ? {} : { lastError }),
    evaluationTime: status.evaluationSeconds,
    lastEvaluation: formatRfc3339(status.lastEvaluationMs),
  }
  if (rule.kind === 'recording') {
    const labels = Object.keys(rule.labels).length > 0 ? { labels: rule.labels } : {}
    return { name: rule.name, query: rule.query, ...labels, ...evaluation, type: 'recording' }
  }
  const alerts = sorted(status.alerts)
  return {
    state: stateOf(alerts),
    name: rule.name,
    query: rule.query,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    labels: sourcesOf(rule.labels),
    annotations: sourcesOf(rule.annotations),
    alerts: withAlerts ? alerts.map(alertJson) : [],
    ...evaluation,
    type: 'alerting',
  }
}

function alertJson(alert: Alert): object {
  const since = alert.keepFiringSinceMs
  return {
    labels: labelsToRecord(alert.labels),
    annotations: alert.annotations,
    state: alert.state,
    activeAt: formatRfc3339(alert.activeAtMs),
    ...(since === undefined ? {} : { keepFiringSince: formatRfc3339(since) }),
    value: formatExponent(alert.value),
  }
}

function sorted(alerts: ReadonlyMap<string, Alert>): Alert[] {
  return activeAlerts(alerts).sort((a, b) => compareLabels(a.labels, b.labels))
}

/** A rule is in the gravest state of its alerts. */
function stateOf(alerts: readonly Alert[]): 'firing' | 'pending' | 'inactive' {
  if (alerts.some(({ state }) => state === 'firing')) return 'firing'
  return alerts.length > 0 ? 'pending' : 'inactive'
}

function sourcesOf(texts: Readonly<Record<string, TemplatedText>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, { source }]) => [name, source]))
}

function passesRule({ type, names }: RuleFilter, { rule }: RuleStatus): boolean {
  if (type === 'alert' && rule.kind !== 'alerting') return false
  if (type === 'record' && rule.kind !== 'recording') return false
  return passes(names, rule.name)
}

function passes(wanted: ReadonlySet<string>, name: string): boolean {
  return wanted.size === 0 || wanted.has(name)
}
