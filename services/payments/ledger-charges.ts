// Brings authorised charges into the ledger: a charge is done when a majority of the ledger has stored it, and its proof says so.
// One that cannot be brought in now stays pending, and is tried again until it is: the ledger takes each charge once.
import type { Logger } from '../../otel/sdk/logger.ts'
import { HttpError } from '../kit/http/errors.ts'
import { ScopeEnded } from '../kit/http/request-scope.ts'
import { withTimeLimit } from '../kit/http/time-limit.ts'
import { withLinkedSpan } from '../kit/queue/message-spans.ts'
import { appendProven, type LedgerClient } from '../ledger/client.ts'
import type { PaymentsStore, PendingCharge } from './store.ts'

export type LedgerChargesDeps = {
  store: Pick<PaymentsStore, 'complete' | 'takePending'>
  ledger: Pick<LedgerClient, 'append'>
  log: Logger
  /** A charge has become final: called once for each. */
  onCharged: () => void
}

/** What a customer waits for the ledger before he is told "payment pending"; a round trip between regions takes a sixth of it. */
const LIMIT_MS = 900
/** How many pending charges one turn takes up. */
const BATCH = 50

export type LedgerCharges = ReturnType<typeof createLedgerCharges>

export function createLedgerCharges({ store, ledger, log, onCharged }: LedgerChargesDeps) {
  /** True when the charge is done; false when the ledger cannot say so now. */
  async function commit({ charge }: PendingCharge): Promise<boolean> {
    const { orderId, chargeId } = charge
    try {
      const block = await withTimeLimit(LIMIT_MS, () => appendProven(ledger, charge))
      if (await store.complete(chargeId, block)) onCharged()
      return true
    } catch (error) {
      const isTransient = error instanceof ScopeEnded || (error instanceof HttpError && error.status >= 500)
      if (!isTransient) throw error
      log.warn({ orderId, code: error.code }, 'the ledger cannot take the charge now; it stays pending')
      return false
    }
  }

  /** Tries pending charges again; call it every second or so. Returns how many are done now. */
  async function commitPending(): Promise<number> {
    const pending = await store.takePending(BATCH)
    const outcomes = await Promise.allSettled(
      pending.map((charge) => withLinkedSpan('commit pending charge', charge.traceparent, () => commit(charge))),
    )
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') continue
      const { orderId } = pending[index]?.charge ?? {}
      log.error({ orderId, err: outcome.reason }, 'a pending charge could not be brought into the ledger')
    }
    return outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value).length
  }

  return { commit, commitPending }
}
