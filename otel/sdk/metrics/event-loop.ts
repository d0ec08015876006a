// How busy the event loop is, and how late a timer fires because of it. Node's own delay monitor loses what happens around a reset,
// and so can miss the one long block that matters; a timer that is measured here misses none that is longer than its period.
import { performance } from 'node:perf_hooks'
import type { Metrics } from './instruments.ts'

const PROBE_EVERY_MS = 100
const delayBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** A scrape that comes sooner than this after another gets the same figures: two scrapers must not halve each other's window. */
const WINDOW_MS = 900

/** Measures until the process ends. */
export function measureEventLoop(metrics: Metrics): void {
  const delay = metrics.histogram({
    name: 'nodejs_eventloop_delay_seconds',
    help: `How late a timer fires that is due every ${PROBE_EVERY_MS} ms`,
    buckets: delayBuckets,
  })
  const recent = new RecentWindow()
  const probe = (dueMs: number) => {
    setTimeout(() => {
      const nowMs = performance.now()
      const lateS = Math.max(0, nowMs - dueMs) / 1_000
      delay.record(lateS, {})
      recent.note(lateS)
      probe(nowMs + PROBE_EVERY_MS)
    }, PROBE_EVERY_MS).unref()
  }
  probe(performance.now() + PROBE_EVERY_MS)

  metrics.observeGauge(
    {
      name: 'nodejs_eventloop_utilization',
      help: 'Share of the time since the last scrape that the loop was busy, 0 to 1',
    },
    () => recent.read().utilization,
  )
  metrics.observeGauge(
    { name: 'nodejs_eventloop_delay_max_seconds', help: 'The longest such delay since the last scrape' },
    () => recent.read().maxDelayS,
  )
  metrics.observeCounter(
    {
      name: 'nodejs_eventloop_time_seconds_total',
      help: 'Time that the event loop was active and idle',
      labels: ['nodejs_eventloop_state'],
    },
    () => {
      const { active, idle } = performance.eventLoopUtilization()
      return [
        [{ nodejs_eventloop_state: 'active' }, active / 1_000],
        [{ nodejs_eventloop_state: 'idle' }, idle / 1_000],
      ]
    },
  )
}

class RecentWindow {
  #before = performance.eventLoopUtilization()
  #takenAtMs = performance.now()
  #maxDelayS = 0
  #reading = { utilization: 0, maxDelayS: 0 }

  note(lateS: number): void {
    if (lateS > this.#maxDelayS) this.#maxDelayS = lateS
  }

  read(): { utilization: number; maxDelayS: number } {
    const nowMs = performance.now()
    if (nowMs - this.#takenAtMs < WINDOW_MS) return this.#reading
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, this.#before)
    this.#reading = { utilization, maxDelayS: this.#maxDelayS }
    this.#before = now
    this.#takenAtMs = nowMs
    this.#maxDelayS = 0
    return this.#reading
  }
}
