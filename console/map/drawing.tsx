// The map as a drawing: bands of regions, links, nodes, and the requests on their way.
import { useRef } from 'react'
import { formatValue } from '../dashboards/units.ts'
import { followComings, type Presence } from './comings.ts'
import { FlowCanvas } from './flow-canvas.tsx'
import { nodeInWords } from './in-words.ts'
import { type MapLayout, NODE_HEIGHT, NODE_WIDTH, type Placed } from './layout.ts'
import { toneOf, widthOf } from './link-look.ts'
import { curveBetween, notePoint, pathOf } from './link-path.ts'
import { type ClusterMap, type MapLink, type MapNode, QUEUE_ID } from './map-model.ts'

/** Letters that have room in a box as they are, and drawn closer. */
const CLOSE_NAME = 14
const MAX_NAME = 22

export type Selection = { kind: 'node' | 'link'; id: string }

type Props = {
  map: ClusterMap
  layout: MapLayout
  selected: Selection | undefined
  onSelect: (selection: Selection) => void
  moving: boolean
  onSampling: (requestsPerDot: number) => void
}

const regionNames: Record<string, string> = { na: 'North America', eu: 'Europe', asia: 'Asia' }

export function regionName(region: string): string {
  return regionNames[region] ?? region
}

export function Drawing({ map, layout, selected, onSelect, moving, onSampling }: Props) {
  const { width, height, bands, placed } = layout
  const presences = useComings(layout)
  return (
    <div className="map-drawing" style={{ aspectRatio: `${width} / ${height}` }}>
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
      <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label="Links of the cluster">
        {bands.map(({ region, ...box }) => (
          <g key={region} className="band">
            <rect {...box} rx={14} />
            <text x={box.x + 14} y={box.y + 17}>
              {regionName(region)}
            </text>
          </g>
        ))}
        {map.links.map((link) => {
          const [from, to] = [placed.get(link.from), placed.get(link.to)]
          if (!from || !to) return null
          const isSelected = selected?.kind === 'link' && selected.id === link.id
          return <Link key={link.id} {...{ link, from, to, isSelected, onSelect }} />
        })}
      </svg>
      {moving && <FlowCanvas layout={layout} links={map.links} onSampling={onSampling} />}
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
      <svg className="map-nodes" viewBox={`0 0 ${width} ${height}`} role="group" aria-label="Nodes of the cluster">
        {[...presences.values()].map(({ place, state }) => (
          <Node
            key={place.node.id}
            place={place}
            state={state}
            isSelected={selected?.kind === 'node' && selected.id === place.node.id}
            onSelect={onSelect}
          />
        ))}
        {map.links.map((link) => {
          const [from, to] = [placed.get(link.from), placed.get(link.to)]
          return from && to ? <LinkNotes key={link.id} {...{ link, from, to }} /> : null
        })}
      </svg>
    </div>
  )
}

/** Followed from one layout to the next. */
function useComings(layout: MapLayout): ReadonlyMap<string, Presence> {
  const last = useRef<{ layout: MapLayout; presences: ReadonlyMap<string, Presence> }>(undefined)
  if (last.current?.layout !== layout) {
    last.current = { layout, presences: followComings(last.current?.presences, layout.placed, Date.now()) }
  }
  return last.current.presences
}

type LinkProps = { link: MapLink; from: Placed; to: Placed; isSelected: boolean; onSelect: Props['onSelect'] }

/** For the pointer; the keyboard has the list and the details of each node. */
function Link({ link, from, to, isSelected, onSelect }: LinkProps) {
  const curve = curveBetween(from, to)
  const path = pathOf(curve)
  const tone = link.protocol === 'replication' ? 'replication' : toneOf(link)
  const sort = `link ${link.protocol} ${tone} ${link.breaker ? `breaker-${link.breaker}` : ''} ${isSelected ? 'selected' : ''}`
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same is reached by keyboard in the list
    <g className={sort} onClick={() => onSelect({ kind: 'link', id: link.id })}>
      <path d={path} className="link-hit" />
      <path d={path} className="link-line" strokeWidth={widthOf(link)} />
      <title>{`${link.from} to ${link.to}`}</title>
    </g>
  )
}

/** Near the caller, above all boxes: what is said of a link must not hide behind a node that it passes. */
function LinkNotes({ link, from, to }: Pick<LinkProps, 'link' | 'from' | 'to'>) {
  if (!link.breaker && link.faults.length === 0) return null
  const { x, y } = notePoint(curveBetween(from, to))
  return (
    <g>
      {link.breaker && (
        <text x={x} y={y - 14} className="link-note">
          {link.breaker === 'open' ? 'breaker open' : 'breaker half open'}
        </text>
      )}
      {link.faults.length > 0 && <FaultMark x={x} y={y} names={link.faults.map(({ fault }) => fault)} />}
    </g>
  )
}

function FaultMark({ x, y, names }: { x: number; y: number; names: readonly string[] }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it takes no focus; nodes and lists name the faults
    <g className="fault-mark" aria-hidden="true" transform={`translate(${x} ${y})`}>
      <circle r={10} />
      <path d="M1-7-4 1h4l-1 6 5-8H0z" />
      <title>{names.join(', ')}</title>
    </g>
  )
}

type NodeProps = {
  place: Placed
  state: Presence['state']
  isSelected: boolean
  onSelect: Props['onSelect']
}

function Node({ place, state, isSelected, onSelect }: NodeProps) {
  const { node, x, y } = place
  const title = nodeTitle(node)
  // A name that would be too long is drawn closer, an endless one cut: never beyond its box.
  const name = title.length > MAX_NAME ? `${title.slice(0, MAX_NAME - 1)}…` : title
  const select = () => onSelect({ kind: 'node', id: node.id })
  if (state === 'gone') {
    return (
      // biome-ignore lint/a11y/noAriaHiddenOnFocusable: it takes no focus, and is as good as gone
      <g className="node node-gone" style={placeStyle(x, y)} aria-hidden="true">
        <rect className="node-box" width={NODE_WIDTH} height={NODE_HEIGHT} rx={9} />
        <text className="node-name" x={30} y={29}>
          {name}
        </text>
      </g>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
    <g
      className={`node ${state === 'came' ? 'node-came' : ''} ${node.shape} ${node.health} ${isSelected ? 'selected' : ''}`}
      style={placeStyle(x, y)}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      aria-label={`${title} ${figuresOf(node)}, ${nodeInWords(node)}`}
      onClick={select}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        select()
      }}
    >
      <rect className="node-box" width={NODE_WIDTH} height={NODE_HEIGHT} rx={node.shape === 'database' ? 4 : 9} />
      <NodeIcon node={node} />
      <text
        className="node-name"
        x={30}
        y={20}
        {...(name.length > CLOSE_NAME ? { textLength: NODE_WIDTH - 40, lengthAdjust: 'spacingAndGlyphs' } : {})}
      >
        {name}
      </text>{' '}
      <text className="node-figures" x={30} y={37}>
        {figuresOf(node)}
      </text>
      {node.busy !== undefined && node.health !== 'down' && (
        <rect
          className="node-busy"
          x={9}
          y={NODE_HEIGHT - 5}
          width={Math.max(1, Math.min(1, node.busy) * (NODE_WIDTH - 18))}
          height={2}
        />
      )}
      {node.faults.length > 0 && <FaultMark x={NODE_WIDTH - 6} y={5} names={node.faults.map(({ fault }) => fault)} />}
    </g>
  )
}

function placeStyle(x: number, y: number): React.CSSProperties {
  return { transform: `translate(${x - NODE_WIDTH / 2}px, ${y - NODE_HEIGHT / 2}px)` }
}

function nodeTitle(node: MapNode): string {
  if (node.id === QUEUE_ID) return 'queue'
  return node.shape === 'customers' ? 'customers' : node.id
}

function figuresOf(node: MapNode): string {
  if (node.health === 'down') return node.status?.state === 'running' ? 'not ready' : (node.status?.state ?? 'down')
  if (node.shape === 'queue') return `${node.waiting ?? 0} waiting`
  const rate = formatValue(node.rate, 'short', node.rate > 0 && node.rate < 10 ? 1 : 0)
  if (node.role !== undefined) return `${node.role} · ${rate}/s`
  if (node.rate === 0) return 'idle'
  return node.p95S === undefined ? `${rate}/s` : `${rate}/s · ${formatValue(node.p95S, 's')}`
}

/** Says what it is by its form, and how it is by its colour and its sign. */
function NodeIcon({ node }: { node: MapNode }) {
  const bad = node.health === 'down'
  const sign = bad ? 'M-4-4 4 4M4-4-4 4' : undefined
  return (
    <g className="node-icon" transform="translate(17 18)">
      {node.shape === 'database' && <path d="M-6-4c0-3 12-3 12 0v8c0 3-12 3-12 0zM-6-4c0 3 12 3 12 0" />}
      {node.shape === 'queue' && <path d="M-7-5h4v10h-4zM-1-5h4v10h-4zM5-5h3v10h-3z" />}
      {node.shape === 'customers' && <path d="M0-6a3.4 3.4 0 1 1 0 6.8A3.4 3.4 0 0 1 0-6zM-7 8c1-8 13-8 14 0z" />}
      {node.shape === 'service' && <circle r={5} />}
      {sign && <path className="node-cross" d={sign} />}
    </g>
  )
}
