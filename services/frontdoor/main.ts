// Starts a `frontdoor` node.
import '../../otel/sdk/register.ts'
import { runNode } from '../kit/node.ts'
import { createApp } from './app.ts'
import { createEdges } from './edges.ts'

runNode('frontdoor', ({ control, log, onClose }) => {
  const edges = createEdges({ control, log })
  onClose(() => edges.close())
  return { app: createApp({ edges: edges.byCustomer, log }), start: () => edges.start() }
})
