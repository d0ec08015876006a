// Counts what customers of each region got: the shop as seen from its door.
import type { ServerResponse } from 'node:http'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { Region } from '../kit/control/document.ts'

const outcomes = ['ok', 'refused', 'failed', 'abandoned'] as const
type Outcome = (typeof outcomes)[number]

/** Call it once a request's region is known. */
export type CustomerMeter = (region: Region, response: ServerResponse) => void

export function createCustomerMeter(metrics: Metrics): CustomerMeter {
  if (metrics === noMetrics) return () => {}
  const requests = metrics.counter({
    name: 'shop_customer_requests_total',
    help: 'Requests of customers, by their region and by what they got',
    labels: ['customer_region', 'outcome'],
  })
  for (const customer_region of Region.options) {
    for (const outcome of outcomes) requests.add({ customer_region, outcome }, 0)
  }
  return (customer_region, response) => {
    response.once('close', () => requests.add({ customer_region, outcome: outcomeOf(response) }))
  }
}

function outcomeOf({ statusCode, writableFinished }: ServerResponse): Outcome {
  if (!writableFinished) return 'abandoned'
  if (statusCode >= 500) return 'failed'
  return statusCode >= 400 ? 'refused' : 'ok'
}
