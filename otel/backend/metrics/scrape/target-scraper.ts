// The life of one target: scraped on a grid of its own, one scrape at a time, whatever happens to it or to others.
import type { Dispatcher } from 'undici'
import { GridTimer } from '../time-grid.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import { type FetchLimits, fetchExposition } from './fetch-exposition.ts'
import type { Target } from './target.ts'
import type { TargetSeries } from './target-series.ts'

/** Late by at most this share of the interval, a scrape keeps the time it was due at: regular times cost nothing to store. */
const TOLERANCE = 0.02

export interface ScraperDeps {
  store: Tsdb
  dispatcher: Dispatcher
  now: () => number
  intervalMs: number
  limits: FetchLimits & { maxSamples: number }
}

export interface TargetHealth {
  health: 'unknown' | 'up' | 'down'
  /** Empty when the last scrape went well. */
  lastError: string
  /** 0 before the first scrape. */
  lastScrapeMs: number
  lastDurationSeconds: number
}

export class TargetScraper {
  readonly target: Target
  readonly series: TargetSeries
  health: TargetHealth = { health: 'unknown', lastError: '', lastScrapeMs: 0, lastDurationSeconds: 0 }
  private readonly deps: ScraperDeps
  private readonly timer: GridTimer
  private lastTimestampMs = Number.NEGATIVE_INFINITY

  constructor(target: Target, offsetMs: number, deps: ScraperDeps, series: TargetSeries) {
    this.target = target
    this.deps = deps
    this.series = series
    const { intervalMs, now } = deps
    this.timer = new GridTimer({ intervalMs, offsetMs, now, run: (dueMs) => this.scrape(dueMs) })
  }

  start(): void {
    this.timer.start()
  }

  /** Ends the target's series, after the scrape under way. */
  async stop(): Promise<void> {
    await this.timer.stop()
    this.series.end(Math.max(this.deps.now(), this.lastTimestampMs + 1))
  }

  /** Scrapes once; never rejects. */
  async scrape(dueMs: number): Promise<void> {
    const { now, intervalMs, dispatcher, limits } = this.deps
    const startMs = now()
    const timestampMs = alignedTime(startMs, dueMs, intervalMs)
    const started = performance.now()
    const report = { up: false, durationSeconds: 0, samplesScraped: 0, seriesAdded: 0 }
    let lastError = ''
    try {
      const { body, format } = await fetchExposition(this.target.url, dispatcher, limits)
      report.durationSeconds = (performance.now() - started) / 1000
      if (this.timer.isStopped) return
      Object.assign(report, this.series.commit(body, format, timestampMs), { up: true })
    } catch (error) {
      report.durationSeconds = (performance.now() - started) / 1000
      lastError = error instanceof Error ? error.message || error.name : String(error)
      this.series.markStale(timestampMs)
    }
    this.series.report(report, timestampMs)
    this.lastTimestampMs = timestampMs
    const health = report.up ? 'up' : 'down'
    this.health = { health, lastError, lastScrapeMs: startMs, lastDurationSeconds: report.durationSeconds }
  }
}

/** The time that a scrape's samples get. */
export function alignedTime(startMs: number, dueMs: number, intervalMs: number): number {
  return Math.abs(startMs - dueMs) <= intervalMs * TOLERANCE ? dueMs : Math.round(startMs)
}
