// Asks the ledger's nodes, each for itself, and compares what they say: a chain can be whole on every node and still not be the same one.

import type { Block } from '../../services/ledger/chain/block.ts'
import { createLedgerClient, type LedgerClient } from '../../services/ledger/client.ts'
import type { LedgerStatus, Verification } from '../../services/ledger/contract.ts'
import { type CliContext, CliError } from './context.ts'
import { createNodeCaller } from './control-caller.ts'

export type LedgerNode = { id: string; region: string; client: LedgerClient | undefined }

/** What a node answered, or why it did not. */
export type Asked<T> = { node: LedgerNode; answer?: T; failure?: string }

/** The ledger nodes of the run. Throws `CliError` when it has none. */
export async function findLedgerNodes({ control }: CliContext): Promise<LedgerNode[]> {
  const { nodes } = await control().getStatus({})
  const ledger = nodes.filter(({ kind }) => kind === 'ledger')
  if (ledger.length === 0) throw new CliError('this cluster has no ledger nodes')
  return ledger.map(({ id, region, address, state }) => {
    const isThere = address !== null && state === 'running'
    return { id, region, client: isThere ? createLedgerClient(createNodeCaller(id, address)) : undefined }
  })
}

/** Asks all nodes at the same time; never rejects. */
export function askAll<T>(
  nodes: readonly LedgerNode[],
  ask: (client: LedgerClient) => Promise<T>,
): Promise<Asked<T>[]> {
  return Promise.all(
    nodes.map(async (node): Promise<Asked<T>> => {
      if (!node.client) return { node, failure: 'it does not run' }
      return ask(node.client).then(
        (answer) => ({ node, answer }),
        (error: Error) => ({ node, failure: error.message }),
      )
    }),
  )
}

export const askStatus = (nodes: readonly LedgerNode[]): Promise<Asked<LedgerStatus>[]> =>
  askAll(nodes, (client) => client.status({}))

export type Difference = { height: number; hashes: Record<string, string> }

export type LedgerVerification = {
  nodes: Asked<Verification>[]
  /** First block that is not the same on all nodes whose chains are whole. */
  difference: Difference | null
}

/** Has every node check its chain on its disk, and compares the chains that are whole as far as all of them reach. */
export async function verifyLedger(nodes: readonly LedgerNode[]): Promise<LedgerVerification> {
  const asked = await askAll(nodes, (client) => client.verify({}))
  const whole = asked.filter(({ answer }) => answer?.fault === null)
  const common = Math.min(...whole.map(({ answer }) => answer?.blocks ?? 0))
  const hashesAt = async (height: number): Promise<Record<string, string>> => {
    const answers = await askAll(
      whole.map(({ node }) => node),
      (client) => client.readBlocks({ query: { from: height, limit: 1 } }),
    )
    return Object.fromEntries(
      answers.map(({ node, answer, failure }) => [node.id, hashOf(answer?.blocks[0]) ?? failure ?? '']),
    )
  }
  const difference = whole.length > 1 && common > 0 ? await firstDifference(common, hashesAt) : null
  return { nodes: asked, difference }
}

/** Chains that part stay apart, for each block holds the hash of the one before: so the place can be halved down to. */
async function firstDifference(
  last: number,
  hashesAt: (height: number) => Promise<Record<string, string>>,
): Promise<Difference | null> {
  const differenceAt = async (height: number): Promise<Difference | null> => {
    const hashes = await hashesAt(height)
    return new Set(Object.values(hashes)).size > 1 ? { height, hashes } : null
  }
  let found = await differenceAt(last)
  let low = 1
  while (found && low < found.height) {
    const middle: number = Math.floor((low + found.height) / 2)
    const earlier = await differenceAt(middle)
    if (earlier) found = earlier
    else low = middle + 1
  }
  return found
}

function hashOf(block: Block | undefined): string | undefined {
  return block?.hash
}
