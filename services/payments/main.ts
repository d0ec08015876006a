// Starts a `payments` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { repeat } from '../kit/repeat.ts'
import { createLedgerClient } from '../ledger/client.ts'
import { createApp } from './app.ts'
import { createLedgerCharges } from './ledger-charges.ts'
import { createPaymentsMeter } from './meter.ts'
import { createPaymentsStore } from './store.ts'

const RETRY_PENDING_EVERY_MS = 500

runNode('payments', (node) => {
  const { log, metrics } = node
  const store = createPaymentsStore(node.database())
  const meter = createPaymentsMeter(metrics)
  const ledger = createLedgerCharges({
    store,
    ledger: createLedgerClient(node.caller('ledger')),
    log,
    onCharged: meter.charged,
  })
  return {
    app: createApp({ store, ledger, meter, policy: node.policy, now: () => new Date(), log }),
    start() {
      node.onClose(repeat('commit pending charges', RETRY_PENDING_EVERY_MS, () => ledger.commitPending(), log))
    },
  }
})
