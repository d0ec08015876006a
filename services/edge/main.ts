// Starts an `edge` node.
import '../../otel/sdk/register.ts'
import { createBalancedCaller } from '../kit/calls/balanced-caller.ts'
import { selectEndpoints } from '../kit/calls/select-endpoints.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { createHttpCache } from './http-cache.ts'

/** All pictures and pages of the shop are a third of this. */
const cacheBytes = 24 * 1024 * 1024

runNode('edge', ({ config, log, metrics, control, policy, caches, caller, onClose }) => {
  const { node, region } = config
  const ownRegion = selectEndpoints(control, 'gateway', (endpoints) =>
    endpoints.filter((each) => each.region === region),
  )
  const regionalGateway = createBalancedCaller({ callee: 'gateway', from: region, control: ownRegion, log })
  onClose(() => regionalGateway.close())
  return {
    app: createApp({
      node,
      region,
      media: caller('media'),
      gateway: caller('gateway'),
      regionalGateway,
      cache: createHttpCache({ maxBytes: cacheBytes, policy, metrics, caches }),
      log,
    }),
  }
})
