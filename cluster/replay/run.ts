// Plays a schedule on a cluster of its own, and says what came of it: a data directory and ports of its own, gone when it is over.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Schedule, ScheduleEvent } from '../../faults/schedules/schedule.ts'
import { createClient } from '../../services/kit/http/client.ts'
import { createControlCaller } from '../cli/control-caller.ts'
import { createPrometheus } from '../cli/prometheus.ts'
import { controlApi } from '../control-plane/contract.ts'
import { type Cluster, startCluster } from '../supervisor/cluster.ts'
import type { Progress } from '../supervisor/progress.ts'
import { measureOutcome } from './measure.ts'
import { playSchedule } from './play.ts'
import { toSchedule } from './record.ts'

/** The last of the scrapes, which come each second. */
const LAST_SCRAPE_MS = 1_500

export type RunDeps = {
  /** Installation: where dist/ lies, built. */
  root: string
  /** Stops the cluster in order; what was played so far is lost. */
  signal: AbortSignal
  /** Stops it at once. */
  killSignal: AbortSignal
  onProgress(progress: Progress): void
  onEvent(event: ScheduleEvent, refusal?: string): void
  /** Called each second while it plays. */
  onSecond(atS: number): void
}

/**
 * The recording of this run. Rejects with an `AbortError` when it was broken off, and as `startCluster` does; nothing is left running then.
 * @param intervalS of its outcome
 */
export async function runSchedule(schedule: Schedule, deps: RunDeps, intervalS?: number): Promise<Schedule> {
  const { root, signal, killSignal, onProgress, onEvent, onSecond } = deps
  const dataDir = mkdtempSync(join(tmpdir(), 'faultline-replay-'))
  let cluster: Cluster | undefined
  const kill = () => void cluster?.kill()
  try {
    const { size, seed } = schedule
    cluster = await startCluster({ root, dataDir, size, seed, load: 0, ports: 'auto', onProgress, signal })
    killSignal.addEventListener('abort', kill, { once: true })
    const { urls, token } = cluster
    const control = createClient(controlApi, createControlCaller(urls.control, token))
    const begun = performance.now()
    const clock = setInterval(() => onSecond((performance.now() - begun) / 1_000), 1_000)
    const { startMs } = await playSchedule(schedule, { control, signal, onEvent }).finally(() => clearInterval(clock))
    await delay(LAST_SCRAPE_MS, undefined, { signal })
    const played = toSchedule(await control.getJournal({}), {
      fromMs: startMs,
      toMs: startMs + schedule.durationS * 1_000,
    })
    const outcome = await measureOutcome(createPrometheus(urls.prometheus, signal), played, startMs, intervalS)
    return {
      ...(schedule.title === undefined ? {} : { title: schedule.title }),
      ...played,
      load: schedule.load,
      outcome,
    }
  } finally {
    killSignal.removeEventListener('abort', kill)
    await (killSignal.aborted ? cluster?.kill() : cluster?.stop())
    rmSync(dataDir, { recursive: true, force: true })
  }
}
