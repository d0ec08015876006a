// The text of a scrape, in chunks: OpenMetrics with exemplars, or Prometheus's older format without. prom-client's own renderer holds an
// object and several strings for every line at once, which cost each node 10 MB and most of a scrape's time; this one holds a line.
// https://prometheus.io/docs/specs/om/open_metrics_spec/ and https://prometheus.io/docs/instrumenting/exposition_formats/

export type ExpositionFormat = 'openmetrics' | 'text'

export const contentTypes = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: 'text/plain; version=0.0.4; charset=utf-8',
} as const satisfies Record<ExpositionFormat, string>

export type Labels = Readonly<Record<string, string | number>>

export type StoredValue = { labels: Labels; value: number }

export type StoredExemplar = { labelSet: Labels; value: number; timestamp: number }

/** As prom-client keeps it: counts by upper bound, not yet summed up; exemplars by the same, and by -1 beyond the last bound. */
export type StoredHistogram = {
  labels: Labels
  sum: number
  count: number
  bucketValues: Readonly<Record<number, number>>
  bucketExemplars: Readonly<Record<number, StoredExemplar | null>>
}

export type StoredMetric = { name: string; help: string } & (
  | { type: 'counter' | 'gauge'; values: readonly StoredValue[] }
  | { type: 'histogram'; upperBounds: readonly number[]; values: readonly StoredHistogram[] }
)

type HistogramMetric = StoredMetric & { type: 'histogram' }

/** Small enough to be gone with the next collection of young garbage. */
const CHUNK_CHARACTERS = 16 * 1024

/** Format of the answer: OpenMetrics when `Accept` names it with a weight above 0, whatever else it likes more: exemplars win. */
export function formatFor(accept: string | undefined): ExpositionFormat {
  const isAccepted = (accept ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === 'application/openmetrics-text' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
  return isAccepted ? 'openmetrics' : 'text'
}

/**
 * Texts that stay as they are from scrape to scrape: labels, and histograms that nothing was added to, which at any time are most.
 * This is less about time than about memory: V8 makes the string of a number in the old heap, where only a full collection finds it.
 */
export class KeptTexts {
  readonly #labels = new Map<Labels, string>()
  readonly #bounds = new Map<readonly number[], string[]>()
  readonly #histograms = new Map<StoredHistogram, { count: number; format: ExpositionFormat; text?: string }>()

  ofLabels(labels: Labels): string {
    const known = this.#labels.get(labels)
    if (known !== undefined) return known
    const text = labelsText(labels)
    this.#labels.set(labels, text)
    return text
  }

  ofHistogram(metric: HistogramMetric, stored: StoredHistogram, format: ExpositionFormat): string {
    const { count } = stored
    const known = this.#histograms.get(stored)
    const isAsBefore = known?.count === count && known.format === format
    if (isAsBefore && known.text !== undefined) return known.text
    const text = histogramText(metric, stored, this.#ofBounds(metric.upperBounds), this.ofLabels(stored.labels), format)
    // Kept from the second time on: one that changes each second would only grow old in vain.
    this.#histograms.set(stored, isAsBefore ? { count, format, text } : { count, format })
    return text
  }

  #ofBounds(bounds: readonly number[]): string[] {
    const known = this.#bounds.get(bounds) ?? bounds.map(String)
    this.#bounds.set(bounds, known)
    return known
  }
}

/** Writes the metrics as chunks of whole lines, each made when it is asked for. A metric without values yet has its head lines alone. */
export function* writeExposition(
  metrics: Iterable<StoredMetric>,
  format: ExpositionFormat,
  texts = new KeptTexts(),
): Generator<string> {
  let chunk = ''
  for (const line of linesOf(metrics, format, texts)) {
    chunk += line
    if (chunk.length < CHUNK_CHARACTERS) continue
    yield chunk
    chunk = ''
  }
  yield format === 'openmetrics' ? `${chunk}# EOF\n` : chunk
}

function* linesOf(metrics: Iterable<StoredMetric>, format: ExpositionFormat, texts: KeptTexts) {
  for (const metric of metrics) {
    const { name, help, type } = metric
    // OpenMetrics names a family of counters without the suffix of its samples.
    const family = type === 'counter' && format === 'openmetrics' ? name.replace(/_total$/, '') : name
    yield `# HELP ${family} ${escapeText(help)}\n# TYPE ${family} ${type}\n`
    if (metric.type === 'histogram') {
      for (const stored of metric.values) yield texts.ofHistogram(metric, stored, format)
    } else for (const { labels, value } of metric.values) yield sampleLine(name, texts.ofLabels(labels), value)
  }
}

function histogramText(
  { name, upperBounds }: HistogramMetric,
  { bucketValues, bucketExemplars, sum, count }: StoredHistogram,
  boundTexts: string[],
  labels: string,
  format: ExpositionFormat,
): string {
  const bucketLine = (le: string, value: number, exemplar: StoredExemplar | null | undefined) => {
    const end = exemplar && format === 'openmetrics' ? exemplarText(exemplar) : ''
    return `${name}_bucket{le="${le}"${labels === '' ? '' : ','}${labels}} ${value}${end}\n`
  }
  const lines: string[] = []
  let below = 0
  for (const [index, bound] of upperBounds.entries()) {
    below += bucketValues[bound] ?? 0
    lines.push(bucketLine(boundTexts[index] ?? '', below, bucketExemplars[bound]))
  }
  lines.push(bucketLine('+Inf', count, bucketExemplars[-1]))
  lines.push(sampleLine(`${name}_sum`, labels, sum), sampleLine(`${name}_count`, labels, count))
  // One flat string: a concatenated one would keep all its parts.
  return lines.join('')
}

function exemplarText({ labelSet, value, timestamp }: StoredExemplar): string {
  return ` # {${labelsText(labelSet)}} ${numberText(value)} ${timestamp}`
}

function sampleLine(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${numberText(value)}\n` : `${name}{${labels}} ${numberText(value)}\n`
}

function labelsText(labels: Labels): string {
  let text = ''
  for (const name in labels) {
    text += `${text === '' ? '' : ','}${name}="${escapeText(`${labels[name]}`).replaceAll('"', '\\"')}"`
  }
  return text
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : `${value}`
}
