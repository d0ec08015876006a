// What storing and scraping cost, as plain figures. Run by the project's bench, not by tests.
import { labelsFrom } from '../../promql/labels.ts'
import { SampleBuffer } from '../../promql/storage.ts'
import { ExpositionParser } from '../exposition/exposition-parser.ts'
import { TargetSeries } from '../scrape/target-series.ts'
import { Tsdb } from '../tsdb/tsdb.ts'
import { NodeExposition } from './node-exposition.ts'

export interface MetricsBench {
  /** Nanoseconds of one `append`, sealing included. */
  appendNs: number
  /** Nanoseconds to decode one sample. */
  readNs: number
  /** Milliseconds to parse and store one exposition, its lines known; and lines in it. */
  scrapeMs: number
  scrapeLines: number
  scrapeNsPerLine: number
  /** Nanoseconds to parse one line, stored nowhere: of an exposition never seen, and of one whose lines are known. */
  parseNewNsPerLine: number
  parseKnownNsPerLine: number
  /** Bytes of a stored sample with headers and open chunks, over `samples` samples. */
  bytesPerSample: number
  samples: number
  seriesCount: number
  /** JavaScript heap that the store has taken, in bytes for a series. */
  heapBytesPerSeries: number
}

export interface MetricsBenchOptions {
  nodes: number
  /** Seconds of scrapes, one a second. */
  seconds: number
}

/** Takes about a second for each million samples. Heap is measured only when the process runs with --expose-gc. */
export function benchMetrics(options: MetricsBenchOptions = { nodes: 20, seconds: 600 }): MetricsBench {
  const { nodes, seconds } = options
  collectGarbage()
  const heapBefore = process.memoryUsage().heapUsed
  const store = new Tsdb({ budgetBytes: 2 ** 30, maxSeries: 200_000 })
  const targets = Array.from({ length: nodes }, (_, node) => ({
    source: new NodeExposition(node),
    series: new TargetSeries(store, {
      url: `http://127.0.0.1:${18_000 + node}/metrics`,
      labels: { job: 'faultline', instance: `node-${node}`, service: `kind-${node % 8}`, region: 'na' },
    }),
  }))
  let scrapeMs = 0
  let scrapes = 0
  let lines = 0
  for (let second = 0; second < seconds; second++) {
    for (const { source, series } of targets) {
      const body = source.next()
      const started = performance.now()
      const { samplesScraped } = series.commit(body, 'openmetrics', 1_700_000_000_000 + second * 1000)
      // The first scrapes create the series: a cost of start-up, not of every second.
      if (second < 5) continue
      scrapeMs += performance.now() - started
      scrapes++
      lines += samplesScraped
    }
  }
  targets.length = 0
  collectGarbage()
  const heap = process.memoryUsage().heapUsed - heapBefore
  return {
    ...benchStore(),
    ...benchParser(),
    scrapeMs: scrapeMs / scrapes,
    scrapeLines: lines / scrapes,
    scrapeNsPerLine: (scrapeMs * 1e6) / lines,
    bytesPerSample: store.sampleBytes / store.sampleCount,
    samples: store.sampleCount,
    seriesCount: store.seriesCount,
    heapBytesPerSeries: heap / store.seriesCount,
  }
}

function benchStore(): { appendNs: number; readNs: number } {
  const store = new Tsdb({ budgetBytes: 2 ** 30 })
  const all = Array.from({ length: 1000 }, (_, i) => {
    const series = store.series(labelsFrom({ __name__: 'm_bucket', i: String(i) }))
    if (!series) throw new Error('the store refused a series')
    return series
  })
  const rounds = 1440
  let started = performance.now()
  for (let t = 1; t <= rounds; t++) {
    for (let i = 0; i < all.length; i++) {
      // Within the array's length.
      store.append(all[i]!, t * 1000, Math.floor((t * (i % 50)) / 7))
    }
  }
  const appendNs = ((performance.now() - started) * 1e6) / (rounds * all.length)
  const buffer = new SampleBuffer()
  started = performance.now()
  let samples = 0
  for (const series of all) {
    buffer.clear()
    series.read(0, rounds * 1000, buffer)
    samples += buffer.length
  }
  return { appendNs, readNs: ((performance.now() - started) * 1e6) / samples }
}

function benchParser(): { parseNewNsPerLine: number; parseKnownNsPerLine: number } {
  const sources = Array.from({ length: 40 }, (_, node) => new NodeExposition(node))
  const parsers = sources.map(() => new ExpositionParser((pairs) => pairs.length))
  const round = () => {
    const bodies = sources.map((source) => source.next())
    const started = performance.now()
    let lines = 0
    // As many parsers as bodies.
    for (const [i, body] of bodies.entries()) lines += parsers[i]!.parse(body, 'openmetrics').count
    return ((performance.now() - started) * 1e6) / lines
  }
  const parseNewNsPerLine = round()
  const known = Array.from({ length: 20 }, round).sort((a, b) => a - b)
  return { parseNewNsPerLine, parseKnownNsPerLine: known[10] ?? 0 }
}

function collectGarbage(): void {
  globalThis.gc?.()
}
