// The life of an alert: pending while its condition holds for less than `for`, then firing, then resolved. Pure: time is an argument.
import type { Labels } from '../../promql/labels.ts'

export interface Alert {
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing' | 'inactive'
  /** Of the expression, when it was true last. */
  readonly value: number
  /** When the condition became true. */
  readonly activeAtMs: number
  /** When the condition ceased while `keep_firing_for` holds the alert. */
  readonly keepFiringSinceMs: number | undefined
  readonly resolvedAtMs: number | undefined
}

/** One element of the vector that the alert's expression gives. */
export interface AlertCondition {
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
  readonly value: number
}

export interface AlertTiming {
  readonly forMs: number
  readonly keepFiringForMs: number
}

/** How long a resolved alert is remembered. */
const RESOLVED_RETENTION_MS = 15 * 60 * 1000

/** The alerts after an evaluation, by the keys of their labels, from those before it and the conditions that hold now. */
export function stepAlerts(
  before: ReadonlyMap<string, Alert>,
  conditions: readonly AlertCondition[],
  timing: AlertTiming,
  nowMs: number,
): Map<string, Alert> {
  const after = new Map<string, Alert>()
  const holding = new Map(conditions.map((condition) => [condition.labels.key, condition]))
  for (const [key, alert] of before) {
    const next = holding.has(key) ? undefined : stepWithoutCondition(alert, timing, nowMs)
    if (next) after.set(key, next)
  }
  for (const [key, condition] of holding) {
    const known = before.get(key)
    const active = known && known.state !== 'inactive' ? known : undefined
    const activeAtMs = active?.activeAtMs ?? nowMs
    const fires = active?.state === 'firing' || nowMs - activeAtMs >= timing.forMs
    after.set(key, {
      ...condition,
      state: fires ? 'firing' : 'pending',
      activeAtMs,
      keepFiringSinceMs: undefined,
      resolvedAtMs: undefined,
    })
  }
  return after
}

/** Pending and firing alerts; resolved ones are only remembered. */
export function activeAlerts(alerts: ReadonlyMap<string, Alert>): Alert[] {
  return [...alerts.values()].filter(({ state }) => state !== 'inactive')
}

function stepWithoutCondition(alert: Alert, timing: AlertTiming, nowMs: number): Alert | undefined {
  if (alert.state === 'pending') return undefined
  if (alert.state === 'inactive') {
    return nowMs - (alert.resolvedAtMs ?? nowMs) > RESOLVED_RETENTION_MS ? undefined : alert
  }
  if (timing.keepFiringForMs > 0) {
    const keepFiringSinceMs = alert.keepFiringSinceMs ?? nowMs
    if (nowMs - keepFiringSinceMs < timing.keepFiringForMs) return { ...alert, keepFiringSinceMs }
    return { ...alert, state: 'inactive', resolvedAtMs: nowMs, keepFiringSinceMs }
  }
  return { ...alert, state: 'inactive', resolvedAtMs: nowMs }
}
