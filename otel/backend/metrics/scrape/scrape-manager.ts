// Keeps one scraper for each target that the provider names, and none for others.
import { Agent } from 'undici'
import type { FamilyMetadata } from '../exposition/metadata-lines.ts'
import { offsetOf } from '../time-grid.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import { type Target, targetKey } from './target.ts'
import { type TargetHealth, TargetScraper } from './target-scraper.ts'
import { DEFAULT_TARGET_LIMITS, TargetSeries } from './target-series.ts'

export interface ScrapeOptions {
  intervalMs: number
  /** Of one scrape, at most the interval. */
  timeoutMs: number
  maxBodyBytes: number
  /** Of one scrape; one with more is refused as a whole. */
  maxSamples: number
  /** Of one target, in the store. */
  maxSeriesPerTarget: number
  maxTargets: number
}

export const DEFAULT_SCRAPE_OPTIONS: ScrapeOptions = {
  intervalMs: 1000,
  timeoutMs: 1000,
  maxBodyBytes: 10 * 1024 * 1024,
  maxSamples: DEFAULT_TARGET_LIMITS.maxSamples,
  maxSeriesPerTarget: DEFAULT_TARGET_LIMITS.maxSeries,
  maxTargets: 500,
}

export interface ScrapeManagerDeps {
  store: Tsdb
  /** The targets as they are now; asked once an interval. A target named twice is scraped once. */
  targets: () => readonly Target[]
  options?: Partial<ScrapeOptions>
  now?: () => number
}

export interface TargetState extends TargetHealth {
  target: Target
}

export class ScrapeManager {
  readonly options: ScrapeOptions
  private readonly deps: ScrapeManagerDeps
  private readonly now: () => number
  private readonly scrapers = new Map<string, TargetScraper>()
  private readonly dispatcher: Agent
  private timer: NodeJS.Timeout | undefined
  private stopping: Promise<void>[] = []

  constructor(deps: ScrapeManagerDeps) {
    this.deps = deps
    this.now = deps.now ?? Date.now
    const options = { ...DEFAULT_SCRAPE_OPTIONS, ...deps.options }
    this.options = { ...options, timeoutMs: Math.min(options.timeoutMs, options.intervalMs) }
    this.dispatcher = new Agent({ connections: 1, connect: { timeout: this.options.timeoutMs } })
  }

  start(): void {
    this.refresh()
    this.timer = setInterval(() => this.refresh(), this.options.intervalMs)
    this.timer.unref()
  }

  /** Ends all targets' series and closes the connections. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    for (const key of this.scrapers.keys()) this.drop(key)
    await Promise.all(this.stopping)
    await this.dispatcher.destroy()
  }

  /** Takes up new targets and lets go of those that are no longer named. */
  refresh(): void {
    const wanted = new Map<string, Target>()
    for (const target of this.deps.targets()) {
      if (wanted.size < this.options.maxTargets) wanted.set(targetKey(target), target)
    }
    for (const key of this.scrapers.keys()) if (!wanted.has(key)) this.drop(key)
    for (const [key, target] of wanted) if (!this.scrapers.has(key)) this.add(key, target)
  }

  targets(): TargetState[] {
    return [...this.scrapers.values()].map(({ target, health }) => ({ target, ...health }))
  }

  /** What each metric family is, by all targets: one entry for each different answer. */
  metadata(): Map<string, FamilyMetadata[]> {
    const all = new Map<string, FamilyMetadata[]>()
    for (const { series } of this.scrapers.values()) {
      for (const [name, family] of series.metadata) {
        const known = all.get(name)
        if (!known) all.set(name, [family])
        else if (!known.some((other) => isSame(other, family))) known.push(family)
      }
    }
    return all
  }

  private add(key: string, target: Target): void {
    const { store } = this.deps
    const { intervalMs, maxSamples, maxSeriesPerTarget: maxSeries } = this.options
    const series = new TargetSeries(store, target, { ...DEFAULT_TARGET_LIMITS, maxSamples, maxSeries })
    const deps = { store, dispatcher: this.dispatcher, now: this.now, intervalMs, limits: this.options }
    const scraper = new TargetScraper(target, offsetOf(key, intervalMs), deps, series)
    this.scrapers.set(key, scraper)
    scraper.start()
  }

  private drop(key: string): void {
    const scraper = this.scrapers.get(key)
    this.scrapers.delete(key)
    if (!scraper) return
    const stopping = scraper.stop().finally(() => {
      this.stopping = this.stopping.filter((other) => other !== stopping)
    })
    this.stopping.push(stopping)
  }
}

function isSame(a: FamilyMetadata, b: FamilyMetadata): boolean {
  return a.type === b.type && a.help === b.help && a.unit === b.unit
}
