// What a control plane without a supervisor must remember beyond its own end: who is which node, the load that was asked for, and that there
// is a ledger.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeDurably } from '../durable-file.ts'
import { Lease } from './leases.ts'

const Memory = z.object({
  leases: z.array(Lease),
  requestsPerSecond: z.number().min(0).optional(),
  /** From then on a ledger node without a disk has lost it, or is new: it must not found the ledger again. */
  isLedgerFounded: z.boolean().default(false),
})
export type Memory = z.infer<typeof Memory>

/** Empty when there is no file yet. Throws an `Error` that names the file when it makes no sense. */
export function readMemory(path: string): Memory {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { leases: [], isLedgerFounded: false }
    throw error
  }
  try {
    return Memory.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} is damaged: remove it, and restart the nodes`, { cause })
  }
}

/** In one step, and on the disk on return: who reads it after a crash finds all of it, or all of the one before. */
export function writeMemory(path: string, memory: Memory): void {
  writeDurably(path, JSON.stringify(memory), 0o600)
}
