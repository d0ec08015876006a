// The latest changes of the cluster: a bounded list for the API, and metrics, from which dashboards draw vertical lines on any Prometheus.
// The one place where a change is made known: whoever changes something calls `add`.
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import type { Annotation } from './contract.ts'

const MAX_ANNOTATIONS = 1_000

export type AnnotationsDeps = {
  /** Where changes are counted; nowhere when omitted. */
  metrics?: Metrics
  now?: () => Date
}

type Key = { change: Annotation['kind']; subject: string }

export class Annotations {
  private readonly now: () => Date
  private readonly counter: ReturnType<Metrics['counter']>
  /** When a change last happened to a subject, in seconds since the epoch. */
  private readonly latest = new Map<string, { key: Key; timeS: number }>()
  private entries: Annotation[] = []

  constructor({ metrics = noMetrics, now = () => new Date() }: AnnotationsDeps = {}) {
    this.now = now
    const labels = ['change', 'subject'] as const
    this.counter = metrics.counter({ name: 'faultline_changes_total', help: 'Changes of the cluster', labels })
    metrics.observeGauge(
      { name: 'faultline_change_timestamp_seconds', help: 'When a change last happened, Unix time', labels },
      () => [...this.latest.values()].map(({ key, timeS }) => [key, timeS] as const),
    )
  }

  /** @param subject what was changed, of a closed set: a node, a kind of node, or `cluster` for all of it */
  add(kind: Annotation['kind'], subject: string, text: string): void {
    const now = this.now()
    this.entries.push({ time: now.toISOString(), kind, subject, text })
    if (this.entries.length > MAX_ANNOTATIONS) this.entries = this.entries.slice(-MAX_ANNOTATIONS)
    const key = { change: kind, subject }
    this.counter.add(key)
    this.latest.set(`${kind} ${subject}`, { key, timeS: now.getTime() / 1000 })
  }

  /** Oldest first. */
  list(): readonly Annotation[] {
    return this.entries
  }
}
