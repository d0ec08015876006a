// Measures what is done for requests whose clients have gone: from then until their answer, which nobody gets.
import type { ServerResponse } from 'node:http'
import { type Metrics, noMetrics } from '../../../otel/sdk/metrics/instruments.ts'

/** Call it for each response before anything else may end it. */
export function watchWastedWork(metrics: Metrics): (response: ServerResponse) => void {
  if (metrics === noMetrics) return () => {}
  const wasted = metrics.counter({
    name: 'faultline_wasted_work_seconds_total',
    help: 'Time from the departure of a client to the end of the work on its request',
  })
  wasted.add({}, 0)
  return (response) => {
    response.once('close', () => {
      if (response.writableEnded) return
      const leftAtMs = performance.now()
      const { end } = response
      // A response that is closed tells nobody of its end.
      response.end = ((...args: []) => {
        response.end = end
        wasted.add({}, (performance.now() - leftAtMs) / 1_000)
        return end.apply(response, args as never)
      }) as typeof end
    })
  }
}
