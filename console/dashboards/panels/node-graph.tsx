// Who calls whom, laid out from the left to the right. The layout library is loaded when the first such panel is seen.
import { useEffect, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { useDashboard } from '../dashboard-context.ts'
import { linksOf } from '../data-links.ts'
import { heightPx } from '../layout.ts'
import { type Graph, type GraphNode, readGraph } from '../node-graph.ts'
import type { PanelProps } from '../panel-frame.tsx'

type Place = { x: number; y: number }
type Placed = {
  width: number
  height: number
  nodes: ReadonlyMap<string, Place>
  edges: ReadonlyMap<string, { points: readonly Place[]; label: Place }>
}

const RADIUS = 30
const TITLE_PX = 46

export function NodeGraphPanel({ panel, data }: PanelProps) {
  const scope = useDashboard()
  const [, navigate] = useLocation()
  const graph = useMemo(() => readGraph(data.frames), [data])
  // Figures change all the time, places only with who calls whom.
  const shape = JSON.stringify([
    graph.nodes.map(({ id }) => id).sort(),
    graph.edges.map(({ source, target }) => `${source} ${target}`).sort(),
  ])
  const placed = usePlaces(graph, shape)
  const [focus, setFocus] = useState<string>()
  if (!placed) return <p className="panel-empty">Laying it out …</p>
  const titleField = graph.nodeFrame?.fields.find(({ name }) => name === 'title')
  const open = ({ row }: GraphNode) => {
    const [link] =
      titleField && graph.nodeFrame && row >= 0 ? linksOf(titleField, scope, { frame: graph.nodeFrame, row }) : []
    if (link) navigate(link.href)
  }
  return (
    <svg
      className="node-graph"
      viewBox={`0 0 ${placed.width} ${placed.height}`}
      style={{ height: heightPx(panel.gridPos.h) - TITLE_PX }}
    >
      <title>{panel.title}</title>
      <defs>
        <marker
          id="node-graph-head"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerUnits="userSpaceOnUse"
          markerWidth="9"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {graph.edges.map(({ source, target, main, secondary, rate }) => {
        const way = placed.edges.get(`${source} ${target}`)
        if (!way) return null
        const own = focus === undefined || focus === source || focus === target
        return (
          <g key={`${source} ${target}`} className={`edge ${own ? '' : 'faint'}`}>
            <path
              d={smooth(way.points)}
              strokeWidth={1 + Math.min(4, Math.log10(1 + rate) * 2)}
              markerEnd="url(#node-graph-head)"
            />
            {own && focus !== undefined && (
              <text x={way.label.x} y={way.label.y}>
                {[main, secondary].filter(Boolean).join(' · ')}
              </text>
            )}
          </g>
        )
      })}
      {graph.nodes.map((node) => {
        const place = placed.nodes.get(node.id)
        if (!place) return null
        return (
          // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
          <g
            key={node.id}
            className="graph-node"
            transform={`translate(${place.x} ${place.y})`}
            role="button"
            tabIndex={0}
            aria-label={[node.main, node.secondary, node.title].filter(Boolean).join(' ')}
            onClick={() => open(node)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== ' ') return
              // Space would scroll the page.
              event.preventDefault()
              open(node)
            }}
            onPointerEnter={() => setFocus(node.id)}
            onPointerLeave={() => setFocus(undefined)}
            onFocus={() => setFocus(node.id)}
            onBlur={() => setFocus(undefined)}
          >
            <circle r={RADIUS} />
            <Arcs node={node} />
            <text className="graph-main" y={node.secondary ? -3 : 4}>
              {node.main}
            </text>{' '}
            <text className="graph-secondary" y={11}>
              {node.secondary}
            </text>{' '}
            <text className="graph-title" y={RADIUS + 16}>
              {node.title}
            </text>
          </g>
        )
      })}
    </svg>
  )
}

/** Shares around the circle, from the top. */
function Arcs({ node }: { node: GraphNode }) {
  const around = 2 * Math.PI * RADIUS
  let before = 0
  return node.arcs.map(({ share, color, name }) => {
    const offset = before
    before += share
    if (share <= 0) return null
    return (
      <circle
        key={name}
        r={RADIUS}
        className="graph-arc"
        style={{ stroke: color }}
        strokeDasharray={`${share * around} ${around}`}
        strokeDashoffset={-offset * around}
        transform="rotate(-90)"
      />
    )
  })
}

function usePlaces(graph: Graph, shape: string): Placed | undefined {
  const [placed, setPlaced] = useState<Placed>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says when the places change
  useEffect(() => {
    let current = true
    void import('@dagrejs/dagre').then((dagre) => {
      if (current) setPlaced(place(graph, dagre))
    })
    return () => {
      current = false
    }
  }, [shape])
  return placed
}

type Dagre = Pick<typeof import('@dagrejs/dagre'), 'graphlib' | 'layout'>

function place(graph: Graph, { graphlib, layout }: Dagre): Placed {
  const drawn = new graphlib.Graph()
  drawn.setGraph({ rankdir: 'LR', nodesep: 34, ranksep: 76, marginx: 56, marginy: 24 })
  drawn.setDefaultEdgeLabel(() => ({}))
  for (const { id } of graph.nodes.toSorted((a, b) => a.id.localeCompare(b.id)))
    drawn.setNode(id, { width: 2 * RADIUS + 30, height: 2 * RADIUS + 24 })
  for (const { source, target } of graph.edges) if (source !== target) drawn.setEdge(source, target)
  layout(drawn)
  const size = drawn.graph() as { width?: number; height?: number }
  const nodes: ReadonlyMap<string, Place> = new Map<string, Place>(
    drawn.nodes().map((id: string): [string, Place] => [id, drawn.node(id) as Place]),
  )
  const edges = new Map<string, { points: Place[]; label: Place }>(
    drawn.edges().map(({ v, w }: { v: string; w: string }): [string, { points: Place[]; label: Place }] => {
      const { points } = drawn.edge(v, w) as { points: Place[] }
      return [
        `${v} ${w}`,
        {
          points: touching(points, nodes.get(v), nodes.get(w)),
          label: points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 },
        },
      ]
    }),
  )
  return { width: size.width ?? 100, height: size.height ?? 100, nodes, edges }
}

/** The library ends edges at boxes; they are to end at the circles within. */
function touching(points: readonly Place[], from: Place | undefined, to: Place | undefined): Place[] {
  const inner = points.slice(1, -1)
  const toward = (center: Place, other: Place, distance: number): Place => {
    const length = Math.hypot(other.x - center.x, other.y - center.y) || 1
    return {
      x: center.x + ((other.x - center.x) / length) * distance,
      y: center.y + ((other.y - center.y) / length) * distance,
    }
  }
  if (!from || !to) return [...points]
  return [toward(from, inner[0] ?? to, RADIUS + 2), ...inner, toward(to, inner.at(-1) ?? from, RADIUS + 4)]
}

function smooth(points: readonly Place[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  if (rest.length < 2) return `M${first.x} ${first.y}${rest.map(({ x, y }) => `L${x} ${y}`).join('')}`
  let path = `M${first.x} ${first.y}`
  for (const [index, point] of rest.slice(0, -1).entries()) {
    const next = rest[index + 1]
    const end = next && index + 2 < rest.length ? { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 } : next
    if (end) path += `Q${point.x} ${point.y} ${end.x} ${end.y}`
  }
  return path
}
