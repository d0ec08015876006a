// What is scraped and what rules make of it: /targets, /metadata, /rules, /alerts.
import type { Response, Router } from 'express'
import { formatDuration } from '../../promql/language/duration.ts'
import type { FamilyMetadata } from '../exposition/metadata-lines.ts'
import type { RuleGroupStatus } from '../rules/rule-group-runner.ts'
import type { ScrapeOptions, TargetState } from '../scrape/scrape-manager.ts'
import { ApiError, invalidParameter } from './api-error.ts'
import { sendData, type Wrap } from './responses.ts'
import { formatRfc3339 } from './rfc3339.ts'
import { alertsJson, type RuleFilter, ruleGroupsJson } from './rules-json.ts'

export interface MonitoringDeps {
  targets: () => readonly TargetState[]
  metadata: () => ReadonlyMap<string, readonly FamilyMetadata[]>
  scrapeOptions: Pick<ScrapeOptions, 'intervalMs' | 'timeoutMs'>
  ruleGroups: () => readonly RuleGroupStatus[]
}

export function addMonitoringRoutes(router: Router, deps: MonitoringDeps, wrap: Wrap): void {
  router.get(
    '/targets',
    wrap((params, _req, res) => answerTargets(deps, params, res)),
  )
  router.get(
    '/metadata',
    wrap((params, _req, res) => answerMetadata(deps, params, res)),
  )
  router.get(
    '/rules',
    wrap((params, _req, res) => sendData(res, { groups: ruleGroupsJson(deps.ruleGroups(), filterOf(params)) })),
  )
  router.get(
    '/alerts',
    wrap((_params, _req, res) => sendData(res, { alerts: alertsJson(deps.ruleGroups()) })),
  )
  // No alertmanager is ever told.
  router.get(
    '/alertmanagers',
    wrap((_params, _req, res) => sendData(res, { activeAlertmanagers: [], droppedAlertmanagers: [] })),
  )
}

function answerTargets({ targets, scrapeOptions }: MonitoringDeps, params: URLSearchParams, res: Response): void {
  const state = (params.get('state') ?? '').toLowerCase()
  const active = state === '' || state === 'any' || state === 'active' ? targets() : []
  const scrapeInterval = formatDuration(scrapeOptions.intervalMs)
  const scrapeTimeout = formatDuration(scrapeOptions.timeoutMs)
  const activeTargets = active.map(({ target, health, lastError, lastScrapeMs, lastDurationSeconds }) => ({
    discoveredLabels: { ...discoveredLabels(target.url), ...target.labels },
    labels: target.labels,
    scrapePool: target.labels.job ?? '',
    scrapeUrl: target.url,
    globalUrl: target.url,
    lastError,
    lastScrape: formatRfc3339(lastScrapeMs),
    lastScrapeDuration: lastDurationSeconds,
    health,
    scrapeInterval,
    scrapeTimeout,
  }))
  sendData(res, { activeTargets, droppedTargets: [], droppedTargetCounts: {} })
}

function discoveredLabels(address: string): Record<string, string> {
  if (!URL.canParse(address)) return { __address__: address }
  const { host, pathname, protocol } = new URL(address)
  return { __address__: host, __metrics_path__: pathname, __scheme__: protocol.slice(0, -1) }
}

function answerMetadata({ metadata }: MonitoringDeps, params: URLSearchParams, res: Response): void {
  const limit = countParam(params, 'limit')
  const perMetric = countParam(params, 'limit_per_metric')
  const wanted = params.get('metric') ?? ''
  const answer: Record<string, readonly FamilyMetadata[]> = {}
  let count = 0
  for (const [name, families] of metadata()) {
    if (wanted !== '' && name !== wanted) continue
    if (limit >= 0 && count >= limit) break
    answer[name] = perMetric > 0 ? families.slice(0, perMetric) : families
    count++
  }
  sendData(res, answer)
}

/** A count, or -1 for any. */
function countParam(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? ''
  if (text === '') return -1
  if (!/^[+-]?\d+$/.test(text)) throw new ApiError('bad_data', `${name} must be a number`)
  return Number(text)
}

function filterOf(params: URLSearchParams): RuleFilter {
  const type = (params.get('type') ?? '').toLowerCase()
  if (type !== '' && type !== 'alert' && type !== 'record') {
    throw invalidParameter('type', `not supported value ${JSON.stringify(type)}`)
  }
  return {
    type,
    names: new Set(params.getAll('rule_name[]')),
    groups: new Set(params.getAll('rule_group[]')),
    files: new Set(params.getAll('file[]')),
    withAlerts: params.get('exclude_alerts') !== 'true',
  }
}
