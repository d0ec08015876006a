// The contract of a fault, held against a running cluster: silent before, seen in metrics and traces while it is active, its alert
// fires, and all of it clears when it is gone.
import { setTimeout as delay } from 'node:timers/promises'
import type { Affected, Fault, Injection } from '../fault.ts'
import type { Trace } from '../trace.ts'
import { affectedBy, type Lab } from './lab.ts'

/** Within which the signature has to show, at a scrape each second. */
export const DETECTION_S = 10
/** The longest alert needs windows of half a minute and its own patience. */
const ALERT_S = 75
/** An alert on an error budget looks back over two minutes, and fires on for a while. */
const CLEAR_S = 180
/** What an earlier fault has left behind is given so long to go. */
const BEFORE_S = 30
const LOOK_EVERY_MS = 250
/** Orders that were accepted each second: what a fault of the shop's trade is shown by. */
const ORDERS = 'sum(rate(shop_orders_total{outcome="accepted"}[5s]))'
/** Requests that began under the fault may still be on their way. */
const AFTERMATH_MS = 4_000

export type Verdict = {
  fault: string
  injection: Injection
  /** Seconds from injection until the expression held; null when it did not in time. */
  metricsS: number | null
  tracesS: number | null
  /** `none` when no alert is expected, null when the one expected did not come, `on` when it fired before, so that it tells nothing. */
  alertS: number | null | 'none' | 'on'
  /** Seconds from removal until expression and alert were silent and a span of traces showed nothing; null when they were not. */
  clearedS: number | null
  /** What went wrong, a line each; empty when the contract holds. */
  failures: string[]
}

export type ContractOptions = {
  /** Waits for the alert, too; true when omitted. */
  alerts?: boolean
}

/** Injects the fault, looks, clears it, looks again. Never leaves it behind. Rejects only when the cluster does not answer. */
export async function verifyFault(
  lab: Lab,
  fault: Fault,
  injection: Injection,
  options: ContractOptions = {},
): Promise<Verdict> {
  const affected = affectedBy(injection, await lab.nodes())
  const { signature } = fault
  const failures: string[] = []
  const holds = async () => (await lab.query(signature.promql)) > 0
  if ((await within(BEFORE_S, async () => !(await holds()))) === null)
    failures.push('its expression holds before it is injected')
  // An earlier fault may have kept customers from buying; a shop without customers is no failure of this one.
  await within(BEFORE_S, async () => ((await lab.value(ORDERS)) ?? 0) > 0)

  const fires = async () => (await lab.firing()).has(signature.alert ?? '')
  const expectsAlert = options.alerts !== false && signature.alert !== null
  const wasOn = expectsAlert && (await within(BEFORE_S, async () => !(await fires()))) === null
  const wantsAlert = expectsAlert && !wasOn
  const injectedAt = Date.now()
  const id = await lab.inject(fault.id, injection, DETECTION_S + ALERT_S + 30)
  let metricsS: number | null = null
  let tracesS: number | null = null
  let alertS: Verdict['alertS'] = wasOn ? 'on' : 'none'
  try {
    const [metrics, traces] = await Promise.all([
      within(DETECTION_S, holds),
      within(DETECTION_S, () => shows(lab, fault, affected, injectedAt)),
    ])
    metricsS = metrics
    tracesS = traces
    const trade =
      metricsS === null || tracesS === null ? ` (${((await lab.value(ORDERS)) ?? 0).toFixed(1)} orders a second)` : ''
    if (metricsS === null) failures.push(`its expression does not hold after ${DETECTION_S} s${trade}`)
    if (tracesS === null) failures.push(`no trace shows it after ${DETECTION_S} s${trade}`)
    if (wantsAlert) {
      const waitedS = await within(ALERT_S, fires)
      alertS = waitedS === null ? null : (Date.now() - injectedAt) / 1_000
      if (waitedS === null) failures.push(`the alert ${signature.alert} does not fire`)
    }
  } finally {
    await lab.clear(id).catch(() => lab.clearAll())
  }
  const clearedS = await clears(lab, fault, affected, wantsAlert && !signature.alertLingers)
  if (clearedS === null) failures.push(`it still shows ${CLEAR_S} s after it was cleared`)
  return { fault: fault.id, injection, metricsS, tracesS, alertS, clearedS, failures }
}

async function clears(lab: Lab, fault: Fault, affected: Affected, wantsAlert: boolean): Promise<number | null> {
  const { promql, alert } = fault.signature
  let sinceMs = Date.now() + AFTERMATH_MS
  return within(CLEAR_S, async () => {
    if (Date.now() < sinceMs + AFTERMATH_MS) return false
    if (await shows(lab, fault, affected, sinceMs)) {
      sinceMs = Date.now()
      return false
    }
    if ((await lab.query(promql)) > 0) return false
    if (wantsAlert && (await lab.firing()).has(alert ?? '')) return false
    const nodes = await lab.nodes()
    return nodes.every(({ ready }) => ready)
  })
}

/** Whether a trace that began since then shows the fault. */
async function shows(lab: Lab, fault: Fault, affected: Affected, sinceMs: number): Promise<boolean> {
  return (await traceOf(lab, fault, affected, sinceMs)) !== undefined
}

/** A trace that began since then and shows the fault. */
export async function traceOf(
  lab: Lab,
  { signature }: Fault,
  affected: Affected,
  sinceMs: number,
): Promise<Trace | undefined> {
  const { services, ...search } = signature.trace.search(affected)
  const common = { limit: '60', start: String(sinceMs * 1_000), end: String((Date.now() + 60_000) * 1_000) }
  for (const service of new Set(services)) {
    const words = Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)]))
    const traces = await lab.traces({ ...common, ...words, service })
    const found = traces.find((trace) => signature.trace.holds(trace, affected))
    if (found) return found
  }
  return undefined
}

/** Seconds until `look` was true; null when it was not within so many. */
async function within(seconds: number, look: () => Promise<boolean>): Promise<number | null> {
  const startMs = performance.now()
  for (;;) {
    if (await look()) return (performance.now() - startMs) / 1_000
    if (performance.now() - startMs > seconds * 1_000) return null
    await delay(LOOK_EVERY_MS)
  }
}
