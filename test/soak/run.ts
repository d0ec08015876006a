// A soak from start to end: a cluster of its own, the plan, the watch over the books, the end, the audit. Never rejects for what it finds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createPrometheus } from '../../cluster/cli/prometheus.ts'
import { describeEvent } from '../../cluster/replay/describe-event.ts'
import { measureOutcome } from '../../cluster/replay/measure.ts'
import { playSchedule } from '../../cluster/replay/play.ts'
import { toSchedule } from '../../cluster/replay/record.ts'
import { type Cluster, startCluster } from '../../cluster/supervisor/cluster.ts'
import { firstLedgerNodes } from '../../cluster/topology/nodes.ts'
import type { Schedule, ScheduleEvent } from '../../faults/schedules/schedule.ts'
import { readJourneys } from '../../services/load/journeys.ts'
import { lookAlways, lookForAccepted } from '../invariants/always.ts'
import { auditLedgerBooks } from '../invariants/ledger-books.ts'
import { auditOrders } from '../invariants/settled-orders.ts'
import { type Books, openBooks } from '../invariants/shop-books.ts'
import { violation } from '../invariants/violation.ts'
import { ledgerNodesOf } from '../ledger-nodes.ts'
import { alertMemories } from './alert-memory.ts'
import { buyers } from './buyers.ts'
import { leftOut, planSoak, type SoakSettings } from './plan.ts'
import type { SoakReport } from './report.ts'
import { alertsAt, type Control, controlOf, mend, settle, unready, within } from './settle.ts'
import { Watch } from './watch.ts'

export type SoakOptions = SoakSettings & {
  /** Installation: where dist/ lies, built. */
  root: string
  /** Ends the faults early; what follows them is done all the same. */
  signal: AbortSignal
  /** Ends everything at once. */
  killSignal: AbortSignal
  /** How it goes on, a line at a time. */
  onLine(text: string): void
}

const LOOK_EVERY_MS = 12_000
/** How long alerts that look back only shortly may take to stop. */
const GREEN_S = 45

/** Rejects when the cluster does not start, or was killed; nothing is left running then. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { root, size, seed, signal, killSignal, onLine } = options
  const begun = performance.now()
  const plan = planSoak(options)
  const folder = mkdtempSync(join(tmpdir(), 'faultline-soak-'))
  let cluster: Cluster | undefined
  const kill = () => void cluster?.kill()
  try {
    const journeysFile = join(folder, 'buyers.json')
    writeFileSync(journeysFile, JSON.stringify(buyers(readJourneys(undefined))))
    const where = { root, dataDir: join(folder, 'data'), ports: 'auto' } as const
    cluster = await startCluster({ ...where, size, seed, load: 0, journeysFile, signal: killSignal })
    killSignal.addEventListener('abort', kill, { once: true })
    onLine(`${size} cluster is ready; ${plan.events.length} events in ${options.minutes} minutes, seed ${seed}`)
    const report = await Promise.race([soak(cluster, plan, options), killed(killSignal)])
    return { ...report, interrupted: signal.aborted, durationS: (performance.now() - begun) / 1_000 }
  } finally {
    killSignal.removeEventListener('abort', kill)
    await (killSignal.aborted ? cluster?.kill() : cluster?.stop())
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Rejects as soon as everything is to end. */
function killed(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('ended at once; there is no report')), { once: true })
  })
}

async function soak(cluster: Cluster, plan: Schedule, options: SoakOptions): Promise<SoakReport> {
  const { size, seed, minutes, load, root, onLine } = options
  const control = controlOf(cluster)
  const books = openBooks(cluster.databases)
  const members = firstLedgerNodes(size)
  const watch = new Watch(cluster, books, members)
  const since = new Date()
  const { startMs, refused } = await playWatched(plan, control, watch, options)
  const playedS = (Date.now() - startMs) / 1_000
  const played = toSchedule(await control.getJournal({}), { fromMs: startMs, toMs: Date.now() })
  onLine(`${playedS.toFixed(0)} s: the faults are over; mending`)
  const mended = await within(30, async () => {
    await mend(control)
    return true
  })
  const mendedAtMs = Date.now()
  const problems = mended ? [] : ['the control plane does not answer']
  const settled = await settle(cluster, { control, watch, books, since, load }).catch((error: unknown) => [
    `it could not come to rest: ${error instanceof Error ? error.message : String(error)}`,
  ])
  problems.push(...settled)
  onLine('the shop has come to rest; auditing')
  const audit = await auditEverything(cluster, books, watch, members, since).catch((error: unknown) => {
    problems.push(`the audit failed: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  })
  const memories = alertMemories(join(root, 'otel/rules'))
  const green = await within(GREEN_S, async () => {
    const { firing } = await alertsAt(cluster, memories, mendedAtMs)
    return firing.length === 0 && (await unready(control)).length === 0
  })
  const { firing, lingering } = await alertsAt(cluster, memories, mendedAtMs).catch(() => ({
    firing: [],
    lingering: [],
  }))
  if (!green) problems.push(`not green: ${[...firing, ...(await unready(control))].join(', ')}`)
  const measured = { ...played, durationS: Math.max(1, Math.min(plan.durationS, playedS)) }
  const { nodes } = await control.getStatus({})
  return {
    ...{
      seed,
      minutes,
      size,
      load,
      leftOut: leftOut(size),
      plan,
      played,
      refused,
      looks: watch.looks,
      problems,
      lingering,
    },
    audited: audit !== undefined,
    orders: audit ?? { shipped: 0, refused: 0 },
    checkouts: await watch.report().then(
      ({ checkouts }) => checkouts,
      () => null,
    ),
    violations: watch.violations,
    restarts: nodes.flatMap(({ id, restarts }) => (restarts > 0 ? [{ node: id, restarts }] : [])),
    outcome: await measureOutcome(createPrometheus(cluster.urls.prometheus), measured, startMs, 60).catch(() => null),
    interrupted: false,
    durationS: 0,
  }
}

/** Resolves when the plan is over, or was broken off. */
async function playWatched(
  plan: Schedule,
  control: Control,
  watch: Watch,
  { signal, onLine }: SoakOptions,
): Promise<{ startMs: number; refused: string[] }> {
  const refused: string[] = []
  const startMs = Date.now()
  const over = new AbortController()
  const onEvent = (event: ScheduleEvent, refusal?: string) => {
    const line = `${event.atS.toFixed(1).padStart(7)} s  ${describeEvent(event)}`
    if (refusal !== undefined) refused.push(`${line.trim()}: ${refusal}`)
    onLine(refusal === undefined ? line : `${line}: ${refusal}`)
  }
  const watching = (async () => {
    while (!over.signal.aborted) {
      await delay(LOOK_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
      const before = watch.violations.length
      await watch.look((Date.now() - startMs) / 1_000)
      for (const one of watch.violations.slice(before)) onLine(`VIOLATION ${one.rule}: ${one.found}`)
    }
  })()
  try {
    await playSchedule(plan, { control, signal, onEvent })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    over.abort()
    await watching
  }
  return { startMs, refused }
}

/** All that must hold of a shop at rest; notes what does not. Rejects when a part of it does not answer. */
async function auditEverything(
  cluster: Cluster,
  books: Books,
  watch: Watch,
  members: readonly string[],
  since: Date,
): Promise<{ shipped: number; refused: number }> {
  const atS = (Date.now() - since.getTime()) / 1_000
  const checkouts = await watch.checkouts()
  watch.note([...(await lookAlways(books)), ...(await lookForAccepted(books, checkouts))], atS)
  const { shipped, refused, violations } = await auditOrders(books, since)
  const ledger = await auditLedgerBooks(books, ledgerNodesOf({ cluster }), members)
  const toldRefused = checkouts.flatMap(({ state, orderId }) => (state === 'refused' && orderId ? [orderId] : []))
  const isShipped = new Set(shipped)
  watch.note(
    [
      ...violations,
      ...ledger.violations,
      ...violation(
        'a shipped order is paid',
        shipped.filter((id) => !ledger.paid.has(id)),
      ),
      ...violation(
        'a refused order is not paid',
        refused.filter((id) => ledger.paid.has(id)),
      ),
      ...violation(
        'what customers were told is refused stays so',
        toldRefused.filter((id) => isShipped.has(id)),
      ),
    ],
    atS,
  )
  return { shipped: shipped.length, refused: refused.length }
}
