// What the editor completes with: names, labels and values, asked of Prometheus when they are needed.
import type { PrometheusClient } from '@prometheus-io/codemirror-promql'
import { ask, labelValues } from '../prometheus/client.ts'

const LOOKBACK_MS = 15 * 60_000

/** Answers nothing instead of failing: whoever types is not to be disturbed by completion. */
export function createCompletionClient(signal: AbortSignal): PrometheusClient {
  const range = () => ({ startMs: Date.now() - LOOKBACK_MS, endMs: Date.now() })
  const times = () => ({ start: String((Date.now() - LOOKBACK_MS) / 1000), end: String(Date.now() / 1000) })
  const orNothing = async <T>(answer: Promise<T>, nothing: T): Promise<T> => answer.catch(() => nothing)
  let names: Promise<string[]> | undefined
  return {
    metricNames: () => {
      names ??= orNothing(labelValues('__name__', undefined, range(), signal), [])
      return names
    },
    labelNames: async (metricName) => {
      const parameters = metricName ? { ...times(), 'match[]': metricName } : times()
      const { data } = await orNothing(ask('labels', parameters, signal), { data: [], warnings: [] })
      return data as string[]
    },
    labelValues: (label, metricName) => orNothing(labelValues(label, metricName || undefined, range(), signal), []),
    metricMetadata: async () => {
      const { data } = await orNothing(ask('metadata', {}, signal), { data: {}, warnings: [] })
      return data as Record<string, { type: string; help: string }[]>
    },
    series: async (metricName) => {
      const { data } = await orNothing(ask('series', { ...times(), 'match[]': metricName }, signal), {
        data: [],
        warnings: [],
      })
      return (data as Record<string, string>[]).map(
        (labels) => new Map(Object.entries(labels)) as unknown as Map<string, string>,
      )
    },
    flags: async () => ({}),
  }
}
