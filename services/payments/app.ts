// Routes of `payments`. The card is authorised in memory and forgotten; its brand and last four digits are all that is kept.
import { trace } from '@opentelemetry/api'
import type { Express } from 'express'
import type { Logger } from '../../otel/sdk/logger.ts'
import { HttpError } from '../kit/http/errors.ts'
import { createRoutes } from '../kit/http/routes.ts'
import { createServiceApp } from '../kit/http/server.ts'
import { defaultLivePolicy, type LivePolicy } from '../kit/policies/kind-policy.ts'
import { currentTraceparent } from '../kit/queue/message-spans.ts'
import { type ChargeOutcome, paymentsApi } from './contract.ts'
import { authorise } from './domain.ts'
import type { LedgerCharges } from './ledger-charges.ts'
import type { PaymentsMeter } from './meter.ts'
import { chargedOutcome, type NewCharge, type PaymentsStore, type Settled } from './store.ts'

export type PaymentsDeps = {
  store: PaymentsStore
  ledger: Pick<LedgerCharges, 'commit'>
  meter: PaymentsMeter
  /** Whether a charge that is repeated is recognised. */
  policy?: LivePolicy
  now: () => Date
  log: Logger
}

export function createApp({ store, ledger, meter, policy = defaultLivePolicy, now, log }: PaymentsDeps): Express {
  const routes = createRoutes(paymentsApi, {
    charge: async ({ params, body }) => {
      const { amountCents, currency } = body
      const authorisation = authorise(body.card, now())
      const traceparent = currentTraceparent()
      const charge: NewCharge =
        authorisation.kind === 'approved'
          ? { status: 'pending', amountCents, currency, traceparent, ...cardOf(authorisation) }
          : { status: 'declined', amountCents, currency, reason: authorisation.reason }
      const charges = policy().idempotency ? store.settle : store.chargeAgain
      const settled = await charges(params.orderId, charge)
      if (settled.isRepeated) meter.repeated(settled.isNew)
      const isCharge = settled.outcome.kind === 'charged' || settled.outcome.kind === 'pending'
      if (isCharge && settled.amountCents !== amountCents) {
        throw new HttpError(409, 'amount_differs', 'this order was charged with another amount')
      }
      return report(params.orderId, await finish(settled))
    },
    // A pending charge is not asked for here: it is on its way, and may be in the ledger already.
    cancelCharge: async ({ params }) => {
      const settled = await store.settle(params.orderId, { status: 'cancelled' })
      if (settled.isNew) meter.settled(settled.outcome)
      return report(params.orderId, settled.outcome)
    },
  })

  async function finish({ outcome, pending, isNew }: Settled): Promise<ChargeOutcome> {
    if (pending) {
      if (await ledger.commit(pending)) return chargedOutcome(pending)
      if (isNew) meter.deferred()
    } else if (isNew) {
      meter.settled(outcome)
    }
    return outcome
  }

  function report(orderId: string, outcome: ChargeOutcome): ChargeOutcome {
    trace.getActiveSpan()?.setAttributes({ 'faultline.order.id': orderId, 'faultline.charge.outcome': outcome.kind })
    log.info({ orderId, outcome: outcome.kind }, `charge ${outcome.kind}`)
    return outcome
  }

  return createServiceApp({ log, routes })
}

function cardOf({ brand, last4 }: { brand: string; last4: string }) {
  return { cardBrand: brand, cardLast4: last4 }
}
