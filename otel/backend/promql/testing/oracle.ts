// The installed Prometheus on a dataset, as the oracle of what a query answers.
import { type RealPrometheus, startRealPrometheus } from '../../testing/real-prometheus.ts'
import { type DatasetSeries, toOpenMetrics } from './dataset.ts'

export type Oracle = RealPrometheus & {
  /** The body of a call of the HTTP API, whatever its status. */
  call(path: string, params: Record<string, string>): Promise<unknown>
}

/** @throws Error when it is not ready within a minute. */
export async function startOracle(dataset: readonly DatasetSeries[]): Promise<Oracle> {
  const prometheus = await startRealPrometheus({ samples: toOpenMetrics(dataset) })
  return {
    ...prometheus,
    async call(path, params) {
      const response = await fetch(`${prometheus.url}${path}`, { method: 'POST', body: new URLSearchParams(params) })
      return response.json()
    },
  }
}
