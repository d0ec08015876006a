// Routes of `payments`. The card is authorised in memory and forgotten; its brand and last four digits are all that is kept.
import { trace } from '@opentelemetry/api'
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { HttpError } from '../kit/http/errors.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { type ChargeOutcome, paymentsApi } from './contract.ts'
import { authorise } from './domain.ts'
import type { NewCharge, PaymentsStore } from './store.ts'

export type PaymentsDeps = { store: PaymentsStore; now: () => Date; log: Logger }

export function createApp({ store, now, log }: PaymentsDeps): Express {
  const routes = createRoutes(paymentsApi, {
    charge: async ({ params, body }) => {
      const { amountCents, currency } = body
      const authorisation = authorise(body.card, now())
      const charge: NewCharge =
        authorisation.kind === 'approved'
          ? { status: 'charged', amountCents, currency, cardBrand: authorisation.brand, cardLast4: authorisation.last4 }
          : { status: 'declined', amountCents, currency, reason: authorisation.reason }
      const outcome = await store.settle(params.orderId, charge)
      if (outcome.kind === 'charged' && outcome.amountCents !== amountCents) {
        throw new HttpError(409, 'amount_differs', 'this order was charged with another amount')
      }
      return report(params.orderId, outcome)
    },
    cancelCharge: async ({ params }) =>
      report(params.orderId, await store.settle(params.orderId, { status: 'cancelled' })),
  })

  function report(orderId: string, outcome: ChargeOutcome): ChargeOutcome {
    trace.getActiveSpan()?.setAttributes({ 'faultline.order.id': orderId, 'faultline.charge.outcome': outcome.kind })
    log.info({ orderId, outcome: outcome.kind }, `charge ${outcome.kind}`)
    return outcome
  }

  return createServiceApp({ log, routes })
}
