// Alerts that fire or are about to, what to do about each, and when which have fired.
import { useId, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { MarkdownText } from '../dashboards/markdown-text.tsx'
import { aligned, stepMs } from '../dashboards/time-step.ts'
import { formatValue } from '../dashboards/units.ts'
import { queryPath, tracePath } from '../links.ts'
import type { Labels } from '../prometheus/answers.ts'
import { ask, queryExemplars, queryRange } from '../prometheus/client.ts'
import { formatAgo, formatTime } from '../shell/clock.ts'
import { Empty, Failure, Loading } from '../shell/notices.tsx'
import { useHas } from '../shell/session-context.ts'
import { useLoad } from '../shell/use-load.ts'
import { useTimeRange } from '../shell/use-time-range.ts'
import { AlertCourse } from './alert-course.tsx'
import { type AlertRule, fetchAlertRules, ruleOf, watchedRules } from './alert-rules.ts'
import {
  type AlertSpell,
  alertSpells,
  alertsTitle,
  dashboardOf,
  exampleQuery,
  spellKeys,
  urgency,
} from './alert-spells.ts'
import { loadReadme, runbookOf } from './runbooks.ts'
import './alerts.css'

type ActiveAlert = { labels: Labels; annotations: Labels; state: string; activeAt?: string; value: string }

const POINTS = 600
/** An example may be a little older than the alert: it takes time until one fires. */
const EXAMPLE_BEFORE_MS = 120_000

export function AlertsView() {
  const { prometheus } = useHas()
  const { range, refreshMs, resolve } = useTimeRange()
  const active = useLoad(
    prometheus ? 'alerts' : undefined,
    async (signal) => ((await ask('alerts', {}, signal)).data as { alerts: ActiveAlert[] }).alerts,
    refreshMs,
  )
  const readme = useLoad('readme', loadReadme)
  const rules = useLoad(prometheus ? 'rules' : undefined, fetchAlertRules)
  const history = useLoad(
    prometheus ? `history ${range.from} ${range.to}` : undefined,
    async (signal) => {
      const { startMs, endMs } = resolve()
      const step = stepMs(endMs - startMs, POINTS, 1_000)
      const grid = { ...aligned(startMs, endMs, step), stepMs: step }
      const { data } = await queryRange('ALERTS{alertstate="firing"}', grid, signal)
      return { spells: alertSpells(data, grid), startMs, endMs }
    },
    refreshMs,
  )
  if (!prometheus) return <Empty title="Alerts need a Prometheus" />
  if (active.error && !active.data) return <Failure error={active.error} what="The alerts" onRetry={active.reload} />
  if (!active.data) return <Loading what="the alerts" />
  const sorted = active.data.toSorted(
    (a, b) =>
      Number(b.state === 'firing') - Number(a.state === 'firing') ||
      urgency(a.labels) - urgency(b.labels) ||
      String(a.labels['alertname']).localeCompare(String(b.labels['alertname'])),
  )
  const watched = watchedRules(rules.data ?? [])
  const firing = sorted.filter(({ state }) => state === 'firing').length
  return (
    <div className="alerts-view">
      <h1 className="visually-hidden">Alerts</h1>
      <section aria-label="Active alerts">
        <h2>{alertsTitle(firing, active.error !== undefined)}</h2>
        {active.error && (
          <p className="tone-error" role="alert">
            Not up to date: {active.error.message}
          </p>
        )}
        {sorted.length === 0 && !active.error && (
          <p className="hint">No alert is firing or about to: customers get what they came for.</p>
        )}
        <ul className="alert-cards">
          {sorted.map((alert) => (
            <AlertCard
              key={JSON.stringify(alert.labels)}
              alert={alert}
              rule={ruleOf(rules.data ?? [], alert.labels['alertname'] ?? '', alert.labels)}
              runbook={runbookOf(readme.data ?? '', alert.annotations['runbook_url'])}
            />
          ))}
        </ul>
      </section>
      <section aria-label="History">
        <h2>History</h2>
        {history.error && <p className="tone-error">Not up to date: {history.error.message}</p>}
        {history.data && (
          <History
            {...history.data}
            runbookFor={({ name, labels }) =>
              runbookOf(readme.data ?? '', ruleOf(rules.data ?? [], name, labels)?.annotations['runbook_url'])
            }
          />
        )}
      </section>
      {watched.length > 0 && (
        <section aria-label="Rules">
          <h2>{watched.length} rules are watched</h2>
          <ul className="panel watched-rules">
            {watched.map(({ name, summary }) => (
              <li key={name}>
                <strong>{name}</strong> <span className="hint">{summary}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function AlertCard({
  alert: { labels, annotations, state, activeAt, value },
  rule,
  runbook,
}: {
  alert: ActiveAlert
  rule: AlertRule | undefined
  runbook: string | undefined
}) {
  const { alertname, severity, ...rest } = labels
  const sinceMs = activeAt ? Date.parse(activeAt) : undefined
  const tone = state !== 'firing' ? 'tone-warn' : severity === 'page' ? 'tone-error' : 'tone-warn'
  return (
    <li className={`panel alert-card ${tone}`}>
      <header>
        <h3>{alertname}</h3>
        <span className={`badge ${tone}`}>{state}</span>
        {severity && <span className="badge">{severity}</span>}
        {sinceMs !== undefined && (
          <span className="hint">
            since {formatTime(sinceMs)}, {formatAgo(sinceMs, Date.now())}
          </span>
        )}
      </header>
      <p>{annotations['summary'] ?? `value ${formatValue(Number(value))}`}</p>
      <LabelChips labels={rest} />
      {rule && <AlertCourse rule={rule} labels={labels} />}
      {runbook && (
        <div className="runbook">
          <h4>What to do</h4>
          <MarkdownText text={runbook} />
        </div>
      )}
      <p className="actions">
        <Link className="button" href={dashboardOf(labels)} aria-label={`Dashboard of ${alertname}`}>
          Dashboard
        </Link>
        {rule && (
          <Link className="button" href={queryPath(rule.query)} aria-label={`Query of ${alertname}`}>
            Query
          </Link>
        )}
        <ExampleButton labels={labels} fromMs={(sinceMs ?? Date.now()) - EXAMPLE_BEFORE_MS} toMs={Date.now()} />
      </p>
    </li>
  )
}

function LabelChips({ labels }: { labels: Labels }) {
  return (
    <p className="label-chips">
      {Object.entries(labels)
        .filter(([name]) => name !== 'job')
        .map(([name, value]) => (
          <code key={name} className="badge">
            {name}={value}
          </code>
        ))}
    </p>
  )
}

/** Looks for an example when asked to, and shows the slowest. */
function ExampleButton({ labels, fromMs, toMs }: { labels: Labels; fromMs: number; toMs: number }) {
  const [, navigate] = useLocation()
  const [told, setTold] = useState('')
  const find = async () => {
    setTold('looking …')
    try {
      const found = await queryExemplars(
        exampleQuery(labels),
        { startMs: fromMs, endMs: toMs },
        AbortSignal.timeout(10_000),
      )
      const [slowest] = found.filter(({ labels }) => labels['trace_id']).toSorted((a, b) => b.value - a.value)
      if (slowest) navigate(tracePath(slowest.labels['trace_id'] ?? ''))
      else setTold('there is no example')
    } catch (error) {
      setTold(error instanceof Error ? error.message : String(error))
    }
  }
  return (
    <>
      <button
        type="button"
        className="button"
        aria-label={`Example trace of ${labels['alertname'] ?? 'the alert'}`}
        onClick={() => void find()}
      >
        Example trace
      </button>
      <span role="status" className="hint">
        {told}
      </span>
    </>
  )
}

type HistoryProps = {
  spells: readonly AlertSpell[]
  startMs: number
  endMs: number
  runbookFor: (spell: AlertSpell) => string | undefined
}

function History({ spells, startMs, endMs, runbookFor }: HistoryProps) {
  if (spells.length === 0) return <p className="hint">Nothing has fired in this time.</p>
  const keys = spellKeys(spells)
  return (
    <div className="alert-history-frame">
      <table className="alert-history">
        <thead>
          <tr>
            <th scope="col">Alert</th>
            <th scope="col">Of what</th>
            <th scope="col">From</th>
            <th scope="col">For</th>
            <th scope="col" className="alert-when">
              When
            </th>
            <th scope="col">Example</th>
            <th scope="col">Runbook</th>
          </tr>
        </thead>
        <tbody>
          {spells.map((spell) => (
            <SpellRows key={keys.get(spell)} {...{ spell, startMs, endMs }} runbook={runbookFor(spell)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

type SpellProps = { spell: AlertSpell; startMs: number; endMs: number; runbook: string | undefined }

/** A spell, and below it what was to be done, when that is asked for. */
function SpellRows({
  spell: { name, labels, startMs: from, endMs: to, lasting },
  startMs,
  endMs,
  runbook,
}: SpellProps) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const percent = (ms: number): number => Math.min(100, Math.max(0, ((ms - startMs) / (endMs - startMs)) * 100))
  return (
    <>
      <tr>
        <th scope="row">
          <Link href={dashboardOf(labels)}>{name}</Link>
        </th>
        <td>
          {['journey', 'instance', 'callee', 'region', 'queue'].flatMap((label) => labels[label] ?? []).join(' ')}
        </td>
        <td className="number">{formatTime(from)}</td>
        <td className="number">{lasting ? 'still firing' : formatValue((to - from) / 1000, 's')}</td>
        <td className="alert-when">
          <span
            className={labels['severity'] === 'page' ? 'page' : ''}
            style={{ left: `${percent(from)}%`, width: `${Math.max(0.6, percent(to) - percent(from))}%` }}
          />
        </td>
        <td>
          <ExampleButton labels={{ ...labels, alertname: name }} fromMs={from - EXAMPLE_BEFORE_MS} toMs={to} />
        </td>
        <td>
          {runbook && (
            <button
              type="button"
              className="button"
              aria-expanded={open}
              aria-controls={open ? id : undefined}
              aria-label={`What to do about ${name}`}
              onClick={() => setOpen(!open)}
            >
              What to do
            </button>
          )}
        </td>
      </tr>
      {open && runbook && (
        <tr id={id} className="alert-runbook">
          <td colSpan={7}>
            <MarkdownText text={runbook} />
          </td>
        </tr>
      )}
    </>
  )
}
