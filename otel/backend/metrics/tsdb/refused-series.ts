// Counts what was refused for want of room for a new series, by metric name; names past a limit are counted together.

const MAX_NAMES = 100
export const OTHER_NAMES = '(other)'

export class RefusedSeries {
  total = 0
  private readonly counts = new Map<string, number>()

  count(name: string): void {
    this.total++
    const key = this.counts.has(name) || this.counts.size < MAX_NAMES ? name : OTHER_NAMES
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
  }

  /** Metric names with the attempts refused, most first. */
  byName(): { name: string; count: number }[] {
    return [...this.counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
  }
}
