// Short ways to ask a Prometheus, the embedded one or a real one, in tests.
import { createPrometheus, type Labels, parseSampleValue } from '../cluster/cli/prometheus.ts'

export type Sample = { labels: Labels; value: number }

export type MetricQueries = ReturnType<typeof createMetricQueries>

/** @param url of the server, without `/api/v1` */
export function createMetricQueries(url: string) {
  const prometheus = createPrometheus(url)

  async function vector(query: string): Promise<Sample[]> {
    const { data } = await prometheus.query(query)
    if (data.resultType !== 'vector') throw new Error(`${query} is a ${data.resultType}`)
    return data.result.map(({ metric, value }) => ({ labels: metric, value: parseSampleValue(value?.[1] ?? '') }))
  }

  /** `data` of an answer of the API. The caller names the shape that the API promises; the tests compare it. */
  async function api<T>(path: string, params: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params)}`)
    const body = (await response.json()) as { data: T; error?: string }
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${body.error}`)
    return body.data
  }

  return {
    prometheus,
    vector,
    api,
    /** Of the first sample; NaN when there is none. */
    number: async (query: string): Promise<number> => (await vector(query))[0]?.value ?? Number.NaN,
    /** Values of a label in the answer, sorted. */
    valuesOf: async (label: string, query: string): Promise<string[]> =>
      (await vector(query)).map(({ labels }) => labels[label] ?? '').sort(),
  }
}
