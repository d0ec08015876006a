// Starts a `products` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { cacheReads } from './cache.ts'
import { createProductStore } from './store.ts'

runNode('products', ({ log, metrics, policy, caches, database }) => ({
  app: createApp({ store: cacheReads(createProductStore(database()), { metrics, policy, caches }), log }),
}))
