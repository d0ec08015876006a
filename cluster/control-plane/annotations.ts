// The latest changes of the cluster, in a bounded list: what a dashboard draws as vertical lines.
import type { Annotation } from './contract.ts'

const MAX_ANNOTATIONS = 1_000

export class Annotations {
  private readonly now: () => Date
  private entries: Annotation[] = []

  constructor(now: () => Date = () => new Date()) {
    this.now = now
  }

  add(kind: Annotation['kind'], text: string): void {
    this.entries.push({ time: this.now().toISOString(), kind, text })
    if (this.entries.length > MAX_ANNOTATIONS) this.entries = this.entries.slice(-MAX_ANNOTATIONS)
  }

  /** Oldest first. */
  list(): readonly Annotation[] {
    return this.entries
  }
}
