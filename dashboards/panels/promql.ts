// PromQL that panels repeat: rates, quantiles and shares over the interval that the reader of the dashboard looks at.

/** What is counted a second. `matchers` as between braces, without them. */
export function rate(metric: string, matchers = ''): string {
  return `rate(${metric}${matchers === '' ? '' : `{${matchers}}`}[$__rate_interval])`
}

/** @param labels to keep, separated by commas; none sums up all */
export function sumRate(metric: string, labels: string, matchers = ''): string {
  return `sum${by(labels)} (${rate(metric, matchers)})`
}

/** A quantile of a classic histogram, in its unit; NaN for series in which nothing happened. */
export function quantile(share: number, histogram: string, labels: string, matchers = ''): string {
  const kept = labels === '' ? 'le' : `${labels}, le`
  return `histogram_quantile(${share}, ${sumRate(`${histogram}_bucket`, kept, matchers)})`
}

/** The mean of a histogram, in its unit. */
export function mean(histogram: string, labels: string, matchers = ''): string {
  return `${sumRate(`${histogram}_sum`, labels, matchers)} / ${sumRate(`${histogram}_count`, labels, matchers)}`
}

/** Part of a whole, 0 where the whole has no such part; both with the same labels. */
export function share(part: string, whole: string): string {
  return `((${part}) or 0 * (${whole})) / (${whole})`
}

function by(labels: string): string {
  return labels === '' ? '' : ` by (${labels})`
}
