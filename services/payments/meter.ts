// Charges as the business counts them, when their outcome is final, whoever brought it about: each order once, while charges that are
// made again are recognised.
import type { Metrics } from '../../otel/sdk/metrics/instruments.ts'
import { createRepetitionMeter } from '../kit/repetition-meter.ts'
import type { ChargeOutcome } from './contract.ts'

export type PaymentsMeter = {
  /** Declined or cancelled. */
  settled(outcome: ChargeOutcome): void
  /** The ledger has the charge. */
  charged(): void
  /** A charge was answered as pending. */
  deferred(): void
  /** A charge was asked for again: it was made again, or recognised. */
  repeated(isNew: boolean): void
}

export function createPaymentsMeter(metrics: Metrics): PaymentsMeter {
  const payments = metrics.counter({
    name: 'shop_payments_total',
    help: 'Charges by their outcome: each order once, or each charge while the policy idempotency is off',
    labels: ['outcome', 'reason'],
  })
  const deferred = metrics.counter({
    name: 'shop_payments_deferred_total',
    help: 'Charges that were answered as pending, since the ledger could not take them at once',
  })
  // Known from the start, so that the first one is seen as an increase.
  deferred.add({}, 0)
  return {
    settled: (outcome) =>
      payments.add({ outcome: outcome.kind, reason: outcome.kind === 'declined' ? outcome.reason : undefined }),
    charged: () => payments.add({ outcome: 'charged', reason: undefined }),
    deferred: () => deferred.add({}),
    repeated: createRepetitionMeter(metrics, 'charge'),
  }
}
