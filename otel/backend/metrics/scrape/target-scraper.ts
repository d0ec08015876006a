// The life of one target: scraped on a grid of its own, one scrape at a time, whatever happens to it or to others.
import type { Dispatcher } from 'undici'
import type { Tsdb } from '../tsdb/tsdb.ts'
import { type FetchLimits, fetchExposition } from './fetch-exposition.ts'
import { alignedTime, nextOnGrid } from './scrape-grid.ts'
import type { Target } from './target.ts'
import type { TargetSeries } from './target-series.ts'

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
  private readonly offsetMs: number
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private stopped = false
  private lastTimestampMs = Number.NEGATIVE_INFINITY

  constructor(target: Target, offsetMs: number, deps: ScraperDeps, series: TargetSeries) {
    this.target = target
    this.offsetMs = offsetMs
    this.deps = deps
    this.series = series
  }

  start(): void {
    const dueMs = nextOnGrid(this.deps.now(), this.deps.intervalMs, this.offsetMs)
    this.timer = setTimeout(() => {
      this.running = this.scrape(dueMs).then(() => {
        if (!this.stopped) this.start()
      })
    }, dueMs - this.deps.now())
    this.timer.unref()
  }

  /** Ends the target's series, after the scrape under way. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.running
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
      if (this.stopped) return
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
