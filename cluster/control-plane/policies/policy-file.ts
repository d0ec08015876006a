// The policies that were set, for a control plane that is restarted while its nodes run on. A local run has no need of it: there the
// control plane ends with all of its nodes, and a new run begins with the good defaults.
import { readFileSync, renameSync, statSync } from 'node:fs'
import { z } from 'zod'
import type { Logger } from '../../../otel/sdk/logger.ts'
import { writeDurably } from '../../durable-file.ts'
import { PolicyChange } from './policy-contract.ts'

/** More than every setting of every place takes. */
const MAX_BYTES = 512 * 1024
const MAX_CHANGES = 5_000

const PolicyFile = z.strictObject({ format: z.literal(1), policies: z.array(PolicyChange).max(MAX_CHANGES) })

/** What was set; nothing where there is no file. One that makes no sense is set aside as `<path>.bad`, and the log says so. */
export function readPolicies(path: string, log: Logger): PolicyChange[] {
  try {
    const { size } = statSync(path)
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, and never more than ${MAX_BYTES}`)
    return PolicyFile.parse(JSON.parse(readFileSync(path, 'utf8'))).policies
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    renameSync(path, `${path}.bad`)
    log.error(
      { file: `${path}.bad`, err: error },
      'the policies that were set cannot be read: set aside, all are at their defaults',
    )
    return []
  }
}

/** In one step, and on the disk on return. Throws errors of the file system. */
export function writePolicies(path: string, policies: readonly PolicyChange[]): void {
  writeDurably(path, JSON.stringify({ format: 1, policies }), 0o600)
}
