// Counts the spans that come in, and writes the counts into the store once a second.
import type { RecordBatch } from '../../otlp/record-batch.ts'
import { alignedTime, nextOnGrid } from '../scrape/scrape-grid.ts'
import type { Tsdb } from '../tsdb/tsdb.ts'
import { spansOfBatch } from './batch-spans.ts'
import { ServiceGraph } from './service-graph.ts'
import { SpanMetrics } from './span-metrics.ts'
import { SpanMetricsWriter } from './span-metrics-writer.ts'

const WRITE_INTERVAL_MS = 1_000

export class SpanMetricsFeed {
  private readonly spans = new SpanMetrics()
  private readonly graph = new ServiceGraph()
  private readonly writer: SpanMetricsWriter
  private readonly now: () => number
  private timer: NodeJS.Timeout | undefined
  private lastMs = 0

  constructor(store: Tsdb, now: () => number) {
    this.writer = new SpanMetricsWriter(store, this.spans, this.graph)
    this.now = now
  }

  /** The batch is only read. */
  observe(batch: RecordBatch): void {
    const nowMs = this.now()
    for (const span of spansOfBatch(batch)) {
      this.spans.observe(span, nowMs)
      this.graph.observe(span, nowMs)
    }
  }

  start(): void {
    const dueMs = nextOnGrid(this.now(), WRITE_INTERVAL_MS, 0)
    this.timer = setTimeout(() => {
      const timeMs = alignedTime(this.now(), dueMs, WRITE_INTERVAL_MS)
      // A clock that was set back waits.
      if (timeMs > this.lastMs) {
        this.writer.write(timeMs)
        this.lastMs = timeMs
      }
      this.start()
    }, dueMs - this.now())
    this.timer.unref()
  }

  stop(): void {
    clearTimeout(this.timer)
  }
}
