// Where everything stands: a band for each region, columns from customers to databases, replicas below each other. The same cluster always
// looks the same; a node that comes or goes moves only those of its own column.
import type { ClusterMap, MapNode } from './map-model.ts'

export const NODE_WIDTH = 146
export const NODE_HEIGHT = 50
const COLUMN_GAP = 44
const ROW_GAP = 26
/** A region that is alone has all the height. */
const LONE_ROW_GAP = 66
const BAND_PADDING = 30
const BAND_GAP = 16
const MARGIN = 14

export type Point = { x: number; y: number }
export type Placed = { node: MapNode /** Of its middle. */; x: number; y: number }
export type Band = { region: string; x: number; y: number; width: number; height: number }
export type MapLayout = { width: number; height: number; bands: readonly Band[]; placed: ReadonlyMap<string, Placed> }

const regionOrder = ['na', 'eu', 'asia']

export function layoutMap({ nodes, links }: ClusterMap): MapLayout {
  const columns = columnsOf(nodes, links)
  const columnCount = Math.max(0, ...columns.values()) + 1
  const regions = [...new Set(nodes.map(({ region }) => region))]
    .filter((region) => region !== 'global')
    .sort((a, b) => order(a) - order(b) || a.localeCompare(b))
  const placed = new Map<string, Placed>()
  const bands: Band[] = []
  const x = (column: number): number => MARGIN + NODE_WIDTH / 2 + column * (NODE_WIDTH + COLUMN_GAP)
  const firstColumn = Math.min(
    columnCount,
    ...nodes.filter(({ region }) => region !== 'global').map((node) => columns.get(node.kind) ?? 0),
  )
  const rowGap = regions.length > 1 ? ROW_GAP : LONE_ROW_GAP
  let top = MARGIN
  for (const region of regions) {
    const stacks = stacksOf(
      nodes.filter((node) => node.region === region),
      columns,
    )
    const rows = Math.max(1, ...[...stacks.values()].map((stack) => stack.length))
    const inner = rows * NODE_HEIGHT + (rows - 1) * rowGap
    const height = inner + 2 * BAND_PADDING
    for (const [column, stack] of stacks) placeStack(placed, stack, x(column), top + height / 2, rowGap)
    const left = x(firstColumn) - NODE_WIDTH / 2 - BAND_PADDING
    const width = x(columnCount - 1) + NODE_WIDTH / 2 + BAND_PADDING - left
    bands.push({ region, x: left, y: top, width, height })
    top += height + BAND_GAP
  }
  const height = Math.max(top - BAND_GAP, MARGIN + NODE_HEIGHT) + MARGIN
  const global = stacksOf(
    nodes.filter(({ region }) => region === 'global'),
    columns,
  )
  for (const [column, stack] of global) placeStack(placed, stack, x(column), height / 2, rowGap)
  return { width: x(columnCount - 1) + NODE_WIDTH / 2 + BAND_PADDING + MARGIN, height, bands, placed }
}

function order(region: string): number {
  const index = regionOrder.indexOf(region)
  return index < 0 ? regionOrder.length : index
}

function stacksOf(nodes: readonly MapNode[], columns: ReadonlyMap<string, number>): Map<number, MapNode[]> {
  const stacks = new Map<number, MapNode[]>()
  for (const node of nodes.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))) {
    const column = columns.get(node.kind) ?? 0
    stacks.set(column, [...(stacks.get(column) ?? []), node])
  }
  return stacks
}

function placeStack(
  placed: Map<string, Placed>,
  stack: readonly MapNode[],
  x: number,
  middle: number,
  rowGap: number,
): void {
  const step = NODE_HEIGHT + rowGap
  const first = middle - ((stack.length - 1) * step) / 2
  for (const [index, node] of stack.entries()) placed.set(node.id, { node, x, y: first + index * step })
}

/** The column of each kind: one further than the furthest of those that call it. Calls back to an earlier kind do not count. */
export function columnsOf(nodes: ClusterMap['nodes'], links: ClusterMap['links']): Map<string, number> {
  const kindOf = new Map(nodes.map(({ id, kind }) => [id, kind]))
  const callees = new Map<string, Set<string>>()
  for (const { from, to, protocol } of links) {
    const [caller, callee] = [kindOf.get(from), kindOf.get(to)]
    if (!caller || !callee || caller === callee || protocol === 'replication') continue
    callees.set(caller, (callees.get(caller) ?? new Set()).add(callee))
  }
  const kinds = [...new Set(nodes.map(({ kind }) => kind))].sort()
  const called = new Set([...callees.values()].flatMap((each) => [...each]))
  const columns = new Map<string, number>()
  const finished: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const forward = new Map<string, string[]>()
  const visit = (kind: string): void => {
    state.set(kind, 'open')
    for (const callee of [...(callees.get(kind) ?? [])].sort()) {
      if (state.get(callee) === 'open') continue
      forward.set(kind, [...(forward.get(kind) ?? []), callee])
      if (!state.has(callee)) visit(callee)
    }
    state.set(kind, 'done')
    finished.push(kind)
  }
  // From the customers first, so that what leads back to them is what is left out of a circle.
  const roots = kinds.toSorted(
    (a, b) => Number(b === 'load') - Number(a === 'load') || Number(called.has(a)) - Number(called.has(b)),
  )
  for (const kind of roots) if (!state.has(kind)) visit(kind)
  for (const kind of finished.reverse()) {
    const own = columns.get(kind) ?? 0
    columns.set(kind, own)
    for (const callee of forward.get(kind) ?? []) columns.set(callee, Math.max(columns.get(callee) ?? 0, own + 1))
  }
  return columns
}
