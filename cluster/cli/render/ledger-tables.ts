// The ledger in the terminal: its nodes, its blocks, and what a check of the chains found.
import type { Block } from '../../../services/ledger/chain/block.ts'
import type { LedgerStatus } from '../../../services/ledger/contract.ts'
import type { Asked, LedgerVerification } from '../ledger-nodes.ts'
import { type Colors, fitLeft, fitRight, plain, width } from './cells.ts'

const HASH_CHARACTERS = 12
const RIGHT = true

type Cell = { text: string; right?: boolean; paint?: (text: string) => string }

export function drawLedger(asked: readonly Asked<LedgerStatus>[], colors: Colors): string[] {
  const head = [
    'NODE',
    'REGION',
    'ROLE',
    'TERM',
    'COMMITTED',
    'APPLIED',
    'BEHIND',
    'BLOCKS',
    'CHARGES',
    'DISK',
    'NEWEST BLOCK',
  ]
  const last = Math.max(0, ...asked.map(({ answer }) => answer?.commitIndex ?? 0))
  const rows = asked.map(({ node, answer, failure }): Cell[] => {
    const name = [{ text: node.id }, { text: node.region }]
    if (!answer) return [...name, { text: `no answer: ${plain(failure ?? '')}`, paint: colors.red }]
    const paint = answer.role === 'leader' ? colors.green : answer.role === 'follower' ? undefined : colors.yellow
    const numbers = [
      answer.term,
      answer.commitIndex,
      answer.appliedIndex,
      last - answer.appliedIndex,
      answer.tip.height,
      answer.charges,
    ]
    return [
      ...name,
      { text: answer.role, ...(paint ? { paint } : {}) },
      ...numbers.map((value) => ({ text: String(value), right: RIGHT })),
      { text: kilobytes(answer.logBytes + answer.chainBytes), right: RIGHT },
      { text: answer.tip.hash.slice(0, HASH_CHARACTERS) },
    ]
  })
  return [...drawTable(head, rows, colors), '', describeQuorum(asked, colors)]
}

function describeQuorum(asked: readonly Asked<LedgerStatus>[], colors: Colors): string {
  const statuses = asked.flatMap(({ answer }) => answer ?? [])
  const leader = statuses.find(({ role }) => role === 'leader')
  if (!leader) return colors.red('no leader: charges stay pending until a majority of the members can be reached')
  const { voters, learners } = leader.membership
  const active = 1 + leader.followers.filter(({ id, active: isActive }) => isActive && voters.includes(id)).length
  const needed = Math.floor(voters.length / 2) + 1
  const joining = learners.length === 0 ? '' : `; joining: ${learners.join(', ')}`
  return `${leader.node} leads; ${active} of ${voters.length} voters are heard of, ${needed} are needed${joining}`
}

/** Oldest first, with their charges. */
export function drawBlocks(blocks: readonly Block[], colors: Colors): string[] {
  if (blocks.length === 0) return ['no block yet']
  return blocks.flatMap(({ header, hash, charges }) => [
    `${colors.bold(`block ${header.height}`)}  ${new Date(header.sealedAtUnixMs).toISOString()}  index ${header.index}  term ${header.term}  ${colors.cyan(hash.slice(0, HASH_CHARACTERS))}  ${colors.dim(`after ${header.previousHash.slice(0, HASH_CHARACTERS)}`)}`,
    ...charges.map(
      ({ orderId, chargeId, amountCents, currency }) =>
        `  order ${orderId}  charge ${chargeId}  ${fitRight((amountCents / 100).toFixed(2), 10)} ${currency}`,
    ),
  ])
}

export function drawVerification({ nodes, difference }: LedgerVerification, colors: Colors): string[] {
  const lines = nodes.map(({ node, answer, failure }) => {
    const name = fitLeft(node.id, Math.max(...nodes.map((one) => width(one.node.id))))
    if (!answer) return `${name}  ${colors.yellow(`not checked: ${plain(failure ?? '')}`)}`
    if (!answer.fault) return `${name}  ${colors.green('whole')}  ${answer.blocks} blocks, ${answer.charges} charges`
    return `${name}  ${colors.red(`block ${answer.fault.height} was tampered with`)}: ${plain(answer.fault.what)}`
  })
  if (!difference) return lines
  const hashes = Object.entries(difference.hashes).map(([node, hash]) => `  ${node} ${hash.slice(0, HASH_CHARACTERS)}`)
  return [...lines, colors.red(`block ${difference.height} is the first that is not the same everywhere:`), ...hashes]
}

function drawTable(head: readonly string[], rows: readonly Cell[][], colors: Colors): string[] {
  const isRight = head.map((_, column) => rows.some((row) => row[column]?.right))
  const widths = head.map((title, column) => {
    // A row that ends early has its last cell run on.
    const cells = rows.map((row) =>
      column === row.length - 1 && row.length < head.length ? 0 : width(row[column]?.text ?? ''),
    )
    return Math.max(width(title), ...cells)
  })
  const line = (cells: readonly Cell[]) =>
    cells
      .map(({ text, paint = (same) => same }, column) => {
        const columns = column === cells.length - 1 ? Math.max(width(text), widths[column] ?? 0) : (widths[column] ?? 0)
        return paint(isRight[column] ? fitRight(text, columns) : fitLeft(text, columns))
      })
      .join('  ')
      .trimEnd()
  return [colors.dim(line(head.map((text) => ({ text })))), ...rows.map(line)]
}

function kilobytes(bytes: number): string {
  return bytes < 1_024 ** 2 ? `${Math.ceil(bytes / 1_024)} kB` : `${(bytes / 1_024 ** 2).toFixed(1)} MB`
}
