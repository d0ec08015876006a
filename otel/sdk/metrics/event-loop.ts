// How busy the event loop is, and how late a timer fires because of it. Node's own delay monitor loses what happens around a reset,
// and so can miss the one long block that matters; a timer that is measured here misses none that is longer than its period.
import { performance } from 'node:perf_hooks'
import type { Metrics } from './instruments.ts'

const PROBE_EVERY_MS = 100
/** Delays that are remembered: a minute, should nobody scrape. */
const MAX_PROBES = 600
/** A scrape that comes sooner than this after another gets the same figures: two scrapers must not halve each other's window. */
const WINDOW_MS = 900

/** Measures until the process ends. */
export function measureEventLoop(metrics: Metrics): void {
  const recent = new RecentWindow()
  const probe = (dueMs: number) => {
    setTimeout(() => {
      const nowMs = performance.now()
      recent.note(Math.max(0, nowMs - dueMs) / 1_000)
      probe(nowMs + PROBE_EVERY_MS)
    }, PROBE_EVERY_MS).unref()
  }
  probe(performance.now() + PROBE_EVERY_MS)

  const help = (what: string) => `${what} since the last scrape`
  metrics.observeGauge(
    { name: 'nodejs_eventloop_utilization_ratio', help: help('Share of the time that the event loop was busy') },
    () => recent.read().utilization,
  )
  metrics.observeGauge(
    { name: 'nodejs_eventloop_delay_p50_seconds', help: help('How late timers fire, the middle one') },
    () => recent.read().delayS(0.5),
  )
  metrics.observeGauge(
    {
      name: 'nodejs_eventloop_delay_p99_seconds',
      help: help('How late timers fire, the worst but for one of a hundred'),
    },
    () => recent.read().delayS(0.99),
  )
  metrics.observeGauge(
    { name: 'nodejs_eventloop_delay_max_seconds', help: help('How late timers fire, the worst') },
    () => recent.read().delayS(1),
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

type Reading = { utilization: number; delayS(share: number): number | undefined }

class RecentWindow {
  #before = performance.eventLoopUtilization()
  #takenAtMs = performance.now()
  #delays: number[] = []
  #reading: Reading = readingOf(0, [])

  note(delayS: number): void {
    if (this.#delays.length < MAX_PROBES) this.#delays.push(delayS)
    else this.#delays = [delayS]
  }

  read(): Reading {
    const nowMs = performance.now()
    if (nowMs - this.#takenAtMs < WINDOW_MS) return this.#reading
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, this.#before)
    this.#reading = readingOf(utilization, this.#delays)
    this.#before = now
    this.#takenAtMs = nowMs
    this.#delays = []
    return this.#reading
  }
}

function readingOf(utilization: number, delays: readonly number[]): Reading {
  const sorted = [...delays].sort((a, b) => a - b)
  // Of nearest rank; none before the first window.
  return { utilization, delayS: (share) => sorted[Math.ceil(share * sorted.length) - 1] }
}
