// The two frames of a node graph, edges and nodes, as a graph with places. The layout library is handed in, for it is loaded when needed.

import { namedColor } from './colors.ts'
import type { Cell, Field, Frame } from './frame.ts'
import { formatValue } from './units.ts'

export type GraphNode = {
  id: string
  title: string
  main: string
  secondary: string
  arcs: readonly { share: number; color: string; name: string }[]
  row: number
}
export type GraphEdge = { source: string; target: string; main: string; secondary: string; rate: number }
export type Graph = { nodes: readonly GraphNode[]; edges: readonly GraphEdge[]; nodeFrame: Frame | undefined }

export function readGraph(frames: readonly Frame[]): Graph {
  const edgeFrame = frames.find((frame) => has(frame, 'source') && has(frame, 'target'))
  const nodeFrame = frames.find((frame) => frame !== edgeFrame && has(frame, 'id'))
  const nodes = rowsOf(nodeFrame).map((row): GraphNode => {
    const id = text(nodeFrame, 'id', row)
    return {
      id,
      row,
      title: text(nodeFrame, 'title', row) || id,
      main: stat(nodeFrame, 'mainstat', row),
      secondary: stat(nodeFrame, 'secondarystat', row),
      arcs: (nodeFrame?.fields ?? [])
        .filter(({ name }) => name.startsWith('arc__'))
        .map((field) => ({
          share: number(field.values[row]),
          color: namedColor(field.options?.color?.fixedColor ?? 'green'),
          name: field.displayName ?? field.name,
        })),
    }
  })
  const edges = rowsOf(edgeFrame).map((row) => ({
    source: text(edgeFrame, 'source', row),
    target: text(edgeFrame, 'target', row),
    main: stat(edgeFrame, 'mainstat', row),
    secondary: stat(edgeFrame, 'secondarystat', row),
    rate: number(field(edgeFrame, 'mainstat')?.values[row]),
  }))
  const known = new Set(nodes.map(({ id }) => id))
  const missing = [...new Set(edges.flatMap(({ source, target }) => [source, target]))].filter((id) => !known.has(id))
  const bare = missing.map((id): GraphNode => ({ id, title: id, main: '', secondary: '', arcs: [], row: -1 }))
  return { nodes: [...nodes, ...bare], edges, nodeFrame }
}

function field(frame: Frame | undefined, name: string): Field | undefined {
  return frame?.fields.find((each) => each.name === name)
}

function has(frame: Frame, name: string): boolean {
  return field(frame, name) !== undefined
}

function rowsOf(frame: Frame | undefined): number[] {
  return (frame?.fields[0]?.values ?? []).map((_, row) => row)
}

function text(frame: Frame | undefined, name: string, row: number): string {
  return String(field(frame, name)?.values[row] ?? '')
}

function number(value: Cell | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function stat(frame: Frame | undefined, name: string, row: number): string {
  const own = field(frame, name)
  const value = own?.values[row]
  if (value === null || value === undefined || Number.isNaN(value)) return ''
  return typeof value === 'string' ? value : formatValue(value, own?.options?.unit, own?.options?.decimals)
}
