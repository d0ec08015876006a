// The table of what runs where, for `up` and `status`.
import Table from 'cli-table3'
import type { ClusterStatus, NodeStatus } from '../control-plane/contract.ts'
import type { Output } from './context.ts'
import { formatAge } from './render/duration.ts'

const bare = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
}

/** One row a node: where it stands, how it is, what it weighs. */
export function statusTable({ nodes }: ClusterStatus, { colors }: Output): string {
  const head = ['NODE', 'REGION', 'STATE', 'ADDRESS', 'PID', 'UP', 'RESTARTS', 'MEMORY'].map(colors.dim)
  const table = new Table({
    ...bare,
    head,
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'right'],
  })
  for (const node of nodes) {
    table.push([
      node.role === 'primary' || node.role === 'replica' ? `${node.id} ${colors.dim(node.role)}` : node.id,
      node.region,
      stateCell(node, colors),
      node.address ?? '–',
      node.pid ?? '–',
      node.uptimeS === null ? '–' : formatAge(node.uptimeS),
      node.restarts === 0 ? colors.dim('0') : colors.yellow(String(node.restarts)),
      node.memoryBytes === null ? '–' : megabytes(node.memoryBytes),
    ])
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

function stateCell({ state, ready, reason }: NodeStatus, colors: Output['colors']): string {
  if (ready && state === 'running') return colors.green('ready')
  const word = state === 'running' ? 'not ready' : state
  const text = reason === null || reason === word ? word : `${word}: ${reason}`
  return state === 'stopped' || state === 'restarting' ? colors.red(text) : colors.yellow(text)
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`
}
