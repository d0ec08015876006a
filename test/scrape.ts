// Reads what a node tells at /metrics.
import { request } from 'undici'
import type { Metrics } from '../otel/sdk/metrics/instruments.ts'

export type Series = { labels: Record<string, string>; value: number }

/** The text of a scrape, in the older format. Throws when the node does not answer with 200. */
export async function scrapeOf(url: string): Promise<string> {
  const { statusCode, body } = await request(`${url}/metrics`)
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${url}/metrics answered ${statusCode}`)
  return text
}

/** The same without a node around it; empty when nothing is measured. */
export function scrapeText(metrics: Metrics, accept?: string): string {
  return [...(metrics.scrape(accept)?.chunks ?? [])].join('')
}

/** Every series of a name, in the order of the scrape. Not for label values that hold a quote. */
export function seriesOf(scrape: string, name: string): Series[] {
  return scrape.split('\n').flatMap((line) => {
    if (line.startsWith('#')) return []
    const [series, value] = [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]
    const brace = series.indexOf('{')
    if ((brace < 0 ? series : series.slice(0, brace)) !== name) return []
    return [{ labels: labelsOf(brace < 0 ? '' : series.slice(brace)), value: Number(value) }]
  })
}

/** The value of the only series of a name that has these labels, and maybe others; undefined when there is none or more than one. */
export function seriesValue(scrape: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const found = seriesOf(scrape, name).filter((series) =>
    Object.entries(labels).every(([label, value]) => series.labels[label] === value),
  )
  return found.length === 1 ? found[0]?.value : undefined
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))
}
