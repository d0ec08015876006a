// The series of one target in the store: appends a scrape's samples, and marks as stale what has vanished since the one before.
import { type LabelPair, type Labels, METRIC_NAME } from '../../promql/labels.ts'
import {
  DEFAULT_EXPOSITION_LIMITS,
  type ExpositionFormat,
  type ExpositionLimits,
  ExpositionParser,
} from '../exposition/exposition-parser.ts'
import type { FamilyMetadata } from '../exposition/metadata-lines.ts'
import type { ParsedSamples } from '../exposition/parsed-samples.ts'
import type { Series, SeriesOwner } from '../tsdb/series.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import { type Target, withTargetLabels } from './target.ts'

interface ScrapedSeries {
  labels: Labels
  /** Undefined while the store refuses it. */
  series: Series | undefined
  /** Number of the scrape that had it last, with no time of its own. */
  seenIn: number
  isNew: boolean
}

export interface ScrapeReport {
  up: boolean
  durationSeconds: number
  samplesScraped: number
  seriesAdded: number
}

export interface CommitResult {
  samplesScraped: number
  seriesAdded: number
  /** Samples that the store did not take: out of order, from the future, or of a series past the limit. */
  refused: number
}

/** Samples further in the future are refused: one wrong clock must not fill the store with samples that never age. */
const MAX_FUTURE_MS = 10 * 60 * 1000

export interface TargetLimits extends ExpositionLimits {
  /** Series of the target in the store, those that have gone stale included: labels that never repeat are refused in the end. */
  maxSeries: number
}

export const DEFAULT_TARGET_LIMITS: TargetLimits = { ...DEFAULT_EXPOSITION_LIMITS, maxSeries: 10_000 }

export class TargetSeries {
  private readonly store: Tsdb
  private readonly target: Target
  private readonly parser: ExpositionParser<ScrapedSeries>
  private readonly reports: Record<string, ScrapedSeries>
  private readonly owner: SeriesOwner
  private seen: ScrapedSeries[] = []
  private scrape = 0

  constructor(store: Tsdb, target: Target, limits: TargetLimits = DEFAULT_TARGET_LIMITS) {
    this.owner = { live: 0, limit: limits.maxSeries }
    this.store = store
    this.target = target
    this.parser = new ExpositionParser((pairs) => this.track(pairs), limits)
    const report = (name: string) => this.track([[METRIC_NAME, name]])
    this.reports = {
      up: report('up'),
      duration: report('scrape_duration_seconds'),
      scraped: report('scrape_samples_scraped'),
      postRelabeling: report('scrape_samples_post_metric_relabeling'),
      added: report('scrape_series_added'),
    }
  }

  get metadata(): ReadonlyMap<string, FamilyMetadata> {
    return this.parser.metadata.families
  }

  /** Appends all samples of an exposition, or none. @throws ExpositionError */
  commit(body: string, format: ExpositionFormat, timestampMs: number): CommitResult {
    const samples = this.parser.parse(body, format)
    this.scrape++
    const before = this.seen
    this.seen = []
    const result: CommitResult = { samplesScraped: samples.count, seriesAdded: 0, refused: 0 }
    for (let i = 0; i < samples.count; i++) this.appendSample(samples, i, timestampMs, result)
    for (const scraped of before) if (scraped.seenIn !== this.scrape) this.appendStale(scraped, timestampMs)
    for (const { series: scraped, exemplar } of samples.exemplars) {
      if (scraped.series) {
        const { labels, value } = exemplar
        this.store.addExemplar(scraped.series, { labels, value, timestampMs: exemplar.timestampMs ?? timestampMs })
      }
    }
    return result
  }

  /** Ends all series: the target gave no exposition. */
  markStale(timestampMs: number): void {
    for (const scraped of this.seen) this.appendStale(scraped, timestampMs)
    this.seen = []
  }

  /** Writes `up` and the other series about the scrape itself. */
  report(report: ScrapeReport, timestampMs: number): void {
    const values: Record<string, number> = {
      up: report.up ? 1 : 0,
      duration: report.durationSeconds,
      scraped: report.samplesScraped,
      postRelabeling: report.samplesScraped,
      added: report.seriesAdded,
    }
    for (const [name, scraped] of Object.entries(this.reports)) {
      const series = this.seriesOf(scraped, undefined)
      // Both records have the same keys.
      if (series) this.store.append(series, timestampMs, values[name]!)
    }
  }

  /** Ends everything, the series about the scrape too: the target is no more. */
  end(timestampMs: number): void {
    this.markStale(timestampMs)
    for (const scraped of Object.values(this.reports)) this.appendStale(scraped, timestampMs)
  }

  private appendSample(
    samples: ParsedSamples<ScrapedSeries>,
    index: number,
    scrapeMs: number,
    result: CommitResult,
  ): void {
    // The parser fills as many places as it counts.
    const scraped = samples.series[index]!
    const ownMs = samples.timestampsMs[index]!
    const hasOwnTime = !Number.isNaN(ownMs)
    if (scraped.isNew) {
      scraped.isNew = false
      result.seriesAdded++
    }
    const series = this.seriesOf(scraped, this.owner)
    if (!series || (hasOwnTime && ownMs > scrapeMs + MAX_FUTURE_MS)) {
      result.refused++
      return
    }
    const outcome = this.store.append(series, hasOwnTime ? ownMs : scrapeMs, samples.values[index]!)
    if (outcome !== 'ok') result.refused++
    // Samples with a time of their own never go stale at once, as in Prometheus: nobody knows when the next is due.
    if (hasOwnTime || scraped.seenIn === this.scrape) return
    scraped.seenIn = this.scrape
    this.seen.push(scraped)
  }

  private appendStale(scraped: ScrapedSeries, timestampMs: number): void {
    if (scraped.series && !scraped.series.isGone) this.store.appendStale(scraped.series, timestampMs)
  }

  private track(pairs: readonly LabelPair[]): ScrapedSeries {
    return { labels: withTargetLabels(pairs, this.target), series: undefined, seenIn: 0, isNew: true }
  }

  private seriesOf(scraped: ScrapedSeries, owner: SeriesOwner | undefined): Series | undefined {
    if (!scraped.series || scraped.series.isGone) {
      scraped.series = this.store.series(scraped.labels, owner)
      // The store's copy shares its pairs with other series: let go of ours.
      if (scraped.series) scraped.labels = scraped.series.labels
    }
    return scraped.series
  }
}
