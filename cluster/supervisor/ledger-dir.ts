// The ledger's folder in the data directory: one folder for each node, and a file that says that the ledger was founded. From then on a node
// without a folder has lost its disk (or is a new one) and has to join: it must not begin a second ledger.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ClusterSize, firstLedgerNodes, type NodeSpec, nodeOfId, nodesFor } from '../topology/nodes.ts'

const FOUNDED_FILE = 'founded'
/** As services/ledger/node/identity.ts has it: written when a node was removed from the ledger. */
const LEFT_FILE = 'left'

export function ledgerDir(dataDir: string): string {
  return join(dataDir, 'ledger')
}

/** Members that a new ledger begins with; undefined once there is one. */
export function ledgerFounders(dataDir: string, size: ClusterSize): string[] | undefined {
  if (existsSync(join(ledgerDir(dataDir), FOUNDED_FILE))) return undefined
  return firstLedgerNodes(size)
}

/** To be called when the cluster is ready for the first time: no charge was taken before. */
export function markLedgerFounded(dataDir: string): void {
  mkdirSync(ledgerDir(dataDir), { recursive: true })
  const file = join(ledgerDir(dataDir), FOUNDED_FILE)
  if (!existsSync(file))
    writeFileSync(file, 'Delete this whole folder, not only a part of it, to begin a new ledger.\n')
}

/** Members by what lies on the disk, beyond those that the size has anyway: of a run that was scaled, or had another size. */
export function furtherLedgerNodes(dataDir: string, size: ClusterSize): NodeSpec[] {
  const folder = ledgerDir(dataDir)
  if (!existsSync(folder)) return []
  const known = new Set(nodesFor(size).map(({ id }) => id))
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !known.has(entry.name))
    .filter(({ name }) => existsSync(join(folder, name, 'identity.json')) && !existsSync(join(folder, name, LEFT_FILE)))
    .map(({ name }) => nodeOfId('ledger', name))
    .filter((node) => node !== undefined)
}
