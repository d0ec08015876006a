// Orders as the business counts them: each once, when its outcome is final, whoever brought it about.
import { currentCustomerRegion } from '../../otel/sdk/customer-region.ts'
import type { Metrics } from '../../otel/sdk/metrics/instruments.ts'
import type { RefusalReason } from './contract.ts'

export type SalesMeter = { accepted(totalCents: number): void; refused(reason: RefusalReason): void }

export function createSalesMeter(metrics: Metrics): SalesMeter {
  const accepted = metrics.counter({
    name: 'shop_orders_accepted_total',
    help: 'Orders that were confirmed',
    labels: ['customer_region'],
  })
  const revenue = metrics.counter({
    name: 'shop_revenue_cents_total',
    help: 'What they were worth, in US cents',
    labels: ['customer_region'],
  })
  const refused = metrics.counter({
    name: 'shop_orders_refused_total',
    help: 'Orders that were refused',
    labels: ['customer_region', 'reason'],
  })
  return {
    accepted(totalCents) {
      const customer_region = currentCustomerRegion()
      accepted.add({ customer_region })
      revenue.add({ customer_region }, totalCents)
    },
    refused: (reason) => refused.add({ customer_region: currentCustomerRegion(), reason }),
  }
}
