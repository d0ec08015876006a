// Two traces side by side: calls are the same when they have the same services and names all the way from the root. Pure.
import type { Trace } from './trace-model.ts'

export type CallTotals = { count: number; durationMicros: number; errors: number }

/** One call path of either trace. */
export type ComparedCall = {
  key: string
  service: string
  name: string
  depth: number
  a: CallTotals | undefined
  b: CallTotals | undefined
  /** b less a, absent counted as 0. */
  deltaMicros: number
}

type Node = ComparedCall & { children: Map<string, Node> }

/** In tree order: those of `a` first, those that only `b` has after their siblings. */
export function compareTraces(a: Trace, b: Trace): ComparedCall[] {
  const top = newNode('', '', '', -1)
  addTrace(top, a, 'a')
  addTrace(top, b, 'b')
  const rows: ComparedCall[] = []
  const stack = [...top.children.values()].reverse()
  for (let node = stack.pop(); node; node = stack.pop()) {
    const { children, ...call } = node
    rows.push({ ...call, deltaMicros: (call.b?.durationMicros ?? 0) - (call.a?.durationMicros ?? 0) })
    stack.push(...[...children.values()].reverse())
  }
  return rows
}

function addTrace(top: Node, trace: Trace, side: 'a' | 'b'): void {
  const nodes: Node[] = []
  for (const span of trace.spans) {
    const parent = (span.parent === undefined ? undefined : nodes[span.parent]) ?? top
    const step = `${span.service}\u0000${span.name}`
    let node = parent.children.get(step)
    if (!node) {
      node = newNode(`${parent.key}\u0001${step}`, span.service, span.name, parent.depth + 1)
      parent.children.set(step, node)
    }
    nodes[span.index] = node
    node[side] ??= { count: 0, durationMicros: 0, errors: 0 }
    node[side].count += 1
    node[side].durationMicros += span.durationMicros
    if (span.error) node[side].errors += 1
  }
}

function newNode(key: string, service: string, name: string, depth: number): Node {
  return { key, service, name, depth, a: undefined, b: undefined, deltaMicros: 0, children: new Map() }
}
