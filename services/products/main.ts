// Starts a `products` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { repeat } from '../kit/repeat.ts'
import { createApp } from './app.ts'
import { cacheReads } from './cache.ts'
import { createProductStore } from './store.ts'

const RESTOCK_EVERY_MS = 10_000

runNode('products', ({ config, log, metrics, policy, caches, database, onClose }) => {
  const store = createProductStore(database())
  // At home only: what is written goes there anyhow.
  const isHome = config.region === config.database.primaryRegion
  return {
    app: createApp({ store: cacheReads(store, { metrics, policy, caches }), log }),
    start: () => {
      if (isHome) onClose(repeat('restock', RESTOCK_EVERY_MS, () => store.restock(), log))
    },
  }
})
