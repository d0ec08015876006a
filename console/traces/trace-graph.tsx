// Who called whom in one trace, laid out by dagre.
import { Graph, layout } from '@dagrejs/dagre'
import { useMemo } from 'react'
import { formatMicros } from '../shell/clock.ts'
import { type GraphEdge, type GraphNode, traceGraph } from './service-graph.ts'
import type { Trace } from './trace-model.ts'

const NODE = { width: 148, height: 46 }
const MARGIN = 20

type Placed = { x: number; y: number }
type Drawn = {
  nodes: (GraphNode & Placed)[]
  edges: (GraphEdge & { points: Placed[]; label: Placed })[]
  width: number
  height: number
}

export function TraceGraph({ trace, colours }: { trace: Trace; colours: ReadonlyMap<string, string> }) {
  const drawn = useMemo(() => layOut(trace), [trace])
  const slowest = drawn.edges.reduce((most, { durationMicros }) => Math.max(most, durationMicros), 1)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="trace-graph" aria-label="Graph of calls" tabIndex={0}>
      <svg
        width={drawn.width}
        height={drawn.height}
        viewBox={`0 0 ${drawn.width} ${drawn.height}`}
        role="img"
        aria-label={describe(drawn)}
      >
        {drawn.edges.map((edge) => (
          <g key={`${edge.from}>${edge.to}`} className={edge.errors > 0 ? 'graph-edge graph-edge-error' : 'graph-edge'}>
            <path d={pathOf(edge.points)} strokeWidth={1.2 + 4 * (edge.durationMicros / slowest)} />
            <text x={edge.label.x} y={edge.label.y}>
              {edge.calls > 1 ? `${edge.calls} calls, ` : ''}
              {formatMicros(edge.durationMicros)}
            </text>
          </g>
        ))}
        {drawn.nodes.map((node) => (
          <g
            key={node.id}
            transform={`translate(${node.x - NODE.width / 2} ${node.y - NODE.height / 2})`}
            className="graph-node"
          >
            <rect
              width={NODE.width}
              height={NODE.height}
              rx="8"
              className={node.errors > 0 ? 'graph-box graph-box-error' : 'graph-box'}
            />
            <rect
              width="5"
              height={NODE.height - 12}
              x="7"
              y="6"
              rx="2.5"
              style={{ fill: colours.get(node.service) ?? 'var(--line-strong)' }}
            />
            <text x="20" y="19" className="graph-label">
              {node.label.slice(0, 18)}
            </text>
            <text x="20" y="35" className="graph-detail">
              {node.detail.slice(0, 22)}
            </text>
          </g>
        ))}
      </svg>
    </section>
  )
}

function layOut(trace: Trace): Drawn {
  const { nodes, edges } = traceGraph(trace)
  const graph = new Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 30, ranksep: 26, marginx: MARGIN, marginy: MARGIN })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of nodes) graph.setNode(id, { ...NODE })
  for (const { from, to } of edges) graph.setEdge(from, to, { width: 86, height: 16, labelpos: 'c' })
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    nodes: nodes.map((node) => ({ ...node, ...place(graph.node(node.id)) })),
    edges: edges.map((edge) => {
      const placed = graph.edge(edge.from, edge.to)
      return { ...edge, points: (placed.points ?? []).map(place), label: place(placed) }
    }),
    width: Number(width),
    height: Number(height),
  }
}

function place(at: { x?: number | undefined; y?: number | undefined } | undefined): Placed {
  return { x: at?.x ?? 0, y: at?.y ?? 0 }
}

function pathOf(points: readonly Placed[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  let path = `M${first.x} ${first.y}`
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1]
    // Through the middles of the legs, the points being what draws the curve.
    if (next) path += `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`
    else path += `L${point.x} ${point.y}`
  }
  return path
}

function describe({ nodes, edges }: Drawn): string {
  return `${nodes.length} nodes, ${edges.length} connections: ${edges.map(({ from, to }) => `${from} to ${to}`).join(', ')}`
}
