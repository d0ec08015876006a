/** What a server's control file says while the server is down. The layout is PostgreSQL 18's `ControlFileData`. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

const READ_BYTES = 40
const STATE_AT = 16
const CHECKPOINT_AT = 32
/** `DB_SHUTDOWNED`. */
const SHUT_DOWN = 1

export interface ControlFile {
  /** The number that initdb gave the cluster; all copies share it. */
  systemIdentifier: bigint
  /** Ended in order, as a primary. */
  isShutDown: boolean
  /** Position of the last checkpoint in the log; of a server that was shut down, nothing comes after it. */
  checkpoint: bigint
}

/** Undefined where there is none. */
export function readControlFile(pgdata: string): ControlFile | undefined {
  const path = join(pgdata, 'global/pg_control')
  if (!existsSync(path)) return undefined
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(READ_BYTES)
    readSync(file, bytes, 0, READ_BYTES, 0)
    return {
      systemIdentifier: bytes.readBigUInt64LE(0),
      isShutDown: bytes.readUInt32LE(STATE_AT) === SHUT_DOWN,
      checkpoint: bytes.readBigUInt64LE(CHECKPOINT_AT),
    }
  } finally {
    closeSync(file)
  }
}
