// Orders as the business counts them: each once, when its outcome is final, whoever brought it about.
import { currentCustomerRegion } from '../../otel/sdk/customer-region.ts'
import type { Metrics } from '../../otel/sdk/metrics/instruments.ts'
import { Region } from '../kit/control/document.ts'
import { createRepetitionMeter } from '../kit/repetition-meter.ts'
import type { RefusalReason } from './contract.ts'

export type SalesMeter = {
  accepted(totalCents: number): void
  refused(reason: RefusalReason): void
  /** A checkout came again that is known already. */
  repeated(): void
}

export function createSalesMeter(metrics: Metrics): SalesMeter {
  const orders = metrics.counter({
    name: 'shop_orders_total',
    help: 'Orders whose outcome is final',
    labels: ['outcome', 'reason', 'customer_region'],
  })
  const revenue = metrics.counter({
    name: 'shop_revenue_usd_total',
    help: 'What accepted orders were worth, in US dollars',
    labels: ['customer_region'],
  })
  const repeated = createRepetitionMeter(metrics, 'checkout')
  // Known from the start, so that the first order of a region is seen as an increase.
  for (const customer_region of Region.options) {
    orders.add({ outcome: 'accepted', reason: undefined, customer_region }, 0)
    revenue.add({ customer_region }, 0)
  }
  return {
    accepted(totalCents) {
      const customer_region = currentCustomerRegion()
      orders.add({ outcome: 'accepted', reason: undefined, customer_region })
      revenue.add({ customer_region }, totalCents / 100)
    },
    repeated: () => repeated(false),
    refused: (reason) => orders.add({ outcome: 'refused', reason, customer_region: currentCustomerRegion() }),
  }
}
