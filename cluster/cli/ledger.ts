// `faultline ledger`: the ledger's nodes, its newest blocks, and a check of its chain on every node's disk.
import type { Command } from 'commander'
import { wholeNumber } from './arguments.ts'
import { type CliContext, CliError } from './context.ts'
import { askAll, askStatus, findLedgerNodes, type LedgerNode, verifyLedger } from './ledger-nodes.ts'
import { drawBlocks, drawLedger, drawVerification } from './render/ledger-tables.ts'

/** Exit code of a check that did not find every chain whole and the same, for scripts. */
const NOT_WHOLE = 3
const MAX_BLOCKS = 32

type Options = { json: boolean }

export function registerLedger(program: Command, context: CliContext): void {
  const ledger = program.command('ledger').description('the replicated record of every charge: show, tail, verify')
  ledger
    .command('show')
    .description('every ledger node: its role, how far it is, and whether a majority can be reached')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nBEHIND counts the entries that the node has not applied of those that are committed.')
    .action((options: Options) => showLedger(context, options))
  ledger
    .command('tail')
    .description('the newest blocks, as they are on a disk')
    .option('-n, --blocks <count>', 'how many', wholeNumber(1, MAX_BLOCKS), 5)
    .option('--node <id>', 'read the disk of this node; of any that answers when omitted')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample:\n  faultline ledger tail -n 20 --node ledger-eu')
    .action((options: TailOptions) => tailLedger(context, options))
  ledger
    .command('verify')
    .description('check the whole chain on the disk of every node, and that it is the same everywhere')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
Each node reads every block from its disk: checksum, hash, Merkle root of its charges, and the hash of the block before.
What is damaged is named: the first block that is not what it was when it was committed.

Ends with 0 when every chain is whole and the same, with ${NOT_WHOLE} when one is not or could not be checked.`,
    )
    .action((options: Options) => verify(context, options))
}

async function showLedger(context: CliContext, { json }: Options): Promise<void> {
  const { out } = context
  const asked = await askStatus(await findLedgerNodes(context))
  if (json) {
    return out.printJson(
      asked.map(({ node, answer, failure }) => ({
        node: node.id,
        region: node.region,
        status: answer ?? null,
        failure: failure ?? null,
      })),
    )
  }
  for (const line of drawLedger(asked, out.colors)) out.print(line)
}

type TailOptions = Options & { blocks: number; node?: string }

async function tailLedger(context: CliContext, { blocks: limit, node, json }: TailOptions): Promise<void> {
  const { out } = context
  const nodes = await findLedgerNodes(context)
  const { blocks } = await firstAnswer(node === undefined ? nodes : [named(nodes, node)], limit)
  if (json) return out.printJson(blocks)
  for (const line of drawBlocks(blocks, out.colors)) out.print(line)
}

function named(nodes: readonly LedgerNode[], id: string): LedgerNode {
  const node = nodes.find((one) => one.id === id)
  if (!node) throw new CliError(`there is no ledger node ${id}; there are ${nodes.map((one) => one.id).join(', ')}`)
  return node
}

async function firstAnswer(nodes: readonly LedgerNode[], limit: number) {
  const failures: string[] = []
  for (const node of nodes) {
    const [asked] = await askAll([node], (client) => client.readBlocks({ query: { limit } }))
    if (asked?.answer) return asked.answer
    failures.push(`${node.id}: ${asked?.failure}`)
  }
  throw new CliError(`no ledger node gave its blocks: ${failures.join('; ')}`)
}

async function verify(context: CliContext, { json }: Options): Promise<void> {
  const { out } = context
  const found = await verifyLedger(await findLedgerNodes(context))
  const isWhole = found.difference === null && found.nodes.every(({ answer }) => answer?.fault === null)
  if (json) {
    const nodes = found.nodes.map(({ node, answer, failure }) => ({
      node: node.id,
      blocks: answer?.blocks ?? null,
      charges: answer?.charges ?? null,
      fault: answer?.fault ?? null,
      failure: failure ?? null,
    }))
    out.printJson({ isWhole, nodes, difference: found.difference })
  } else {
    for (const line of drawVerification(found, out.colors)) out.print(line)
  }
  if (!isWhole) process.exitCode = NOT_WHOLE
}
