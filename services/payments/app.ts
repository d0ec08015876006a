// Routes of `payments`. The card is authorised in memory and forgotten; its brand and last four digits are all that is kept.
import { trace } from '@opentelemetry/api'
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { type Metrics, noMetrics } from '../../otel/sdk/metrics/instruments.ts'
import { HttpError } from '../kit/http/errors.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { defaultLivePolicy, type LivePolicy } from '../kit/policies/kind-policy.ts'
import { createRepetitionMeter } from '../kit/repetition-meter.ts'
import { type ChargeOutcome, paymentsApi } from './contract.ts'
import { authorise } from './domain.ts'
import type { NewCharge, PaymentsStore, Settled } from './store.ts'

export type PaymentsDeps = {
  store: PaymentsStore
  now: () => Date
  /** Whether a charge that is repeated is recognised. */
  policy?: LivePolicy
  log: Logger
  metrics?: Metrics
}

export function createApp({ store, now, policy = defaultLivePolicy, log, metrics = noMetrics }: PaymentsDeps): Express {
  const payments = metrics.counter({
    name: 'shop_payments_total',
    help: 'Charges by their outcome, each order once',
    labels: ['outcome', 'reason'],
  })
  const repetitions = createRepetitionMeter(metrics, 'charge')
  const routes = createRoutes(paymentsApi, {
    charge: async ({ params, body }) => {
      const { amountCents, currency } = body
      const authorisation = authorise(body.card, now())
      const charge: NewCharge =
        authorisation.kind === 'approved'
          ? { status: 'charged', amountCents, currency, cardBrand: authorisation.brand, cardLast4: authorisation.last4 }
          : { status: 'declined', amountCents, currency, reason: authorisation.reason }
      const charges = policy().idempotency ? store.settle : store.chargeAgain
      const settled = await charges(params.orderId, charge)
      if (settled.isRepeated) repetitions(settled.isNew)
      const { outcome } = settled
      if (outcome.kind === 'charged' && outcome.amountCents !== amountCents) {
        throw new HttpError(409, 'amount_differs', 'this order was charged with another amount')
      }
      return report(params.orderId, settled)
    },
    cancelCharge: async ({ params }) =>
      report(params.orderId, await store.settle(params.orderId, { status: 'cancelled' })),
  })

  function report(orderId: string, { outcome, isNew }: Settled): ChargeOutcome {
    trace.getActiveSpan()?.setAttributes({ 'faultline.order.id': orderId, 'faultline.charge.outcome': outcome.kind })
    log.info({ orderId, outcome: outcome.kind }, `charge ${outcome.kind}`)
    const reason = outcome.kind === 'declined' ? outcome.reason : undefined
    if (isNew) payments.add({ outcome: outcome.kind, reason })
    return outcome
  }

  return createServiceApp({ log, routes })
}
