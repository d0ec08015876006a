// Starts a `payments` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { createPaymentsStore } from './store.ts'

runNode('payments', (node) => ({
  app: createApp({
    store: createPaymentsStore(node.database()),
    now: () => new Date(),
    policy: node.policy,
    log: node.log,
    metrics: node.metrics,
  }),
}))
