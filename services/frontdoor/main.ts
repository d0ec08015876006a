// Starts a `frontdoor` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { createEdges } from './edges.ts'

runNode('frontdoor', ({ control, log, metrics, onClose }) => {
  const edges = createEdges({ control, log, metrics })
  onClose(() => edges.close())
  return { app: createApp({ edges: edges.byCustomer, log, metrics }), start: () => edges.start() }
})
