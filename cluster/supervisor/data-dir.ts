// The data directory of a cluster: made when it is missing, refused when it is somebody else's.
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StartFailure } from './start-failure.ts'

/** Everything that Faultline puts into a data directory. */
const ours = /^(?:run\.json.*|secrets\.json.*|logs|media|postgres|ledger)$/

/**
 * Makes the directory if need be, and makes sure that it may be written.
 * Throws a `StartFailure` that says what to do; nothing that is not ours was changed then.
 */
export function openDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir)
    refuseForeign(dataDir)
    makeFolder(logsDir(dataDir))
    for (const path of [dataDir, logsDir(dataDir)]) accessSync(path, constants.W_OK)
    const secrets = join(dataDir, 'secrets.json')
    if (existsSync(secrets)) accessSync(secrets, constants.R_OK)
  } catch (cause) {
    if (cause instanceof StartFailure) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StartFailure(`the data directory ${dataDir} cannot be used: ${why}; choose another with --data`, {
      cause,
    })
  }
}

export function logsDir(dataDir: string): string {
  return join(dataDir, 'logs')
}

/** The log of a node, a PostgreSQL server aside, or of the supervisor. */
export function logFileOf(dataDir: string, id: string): string {
  return join(logsDir(dataDir), `${id}.log`)
}

/** Not `mkdir` with `recursive`: where nobody can make folders, as in /proc, that of Node 20 tries forever. */
function makeFolder(path: string): void {
  if (existsSync(path)) {
    // Throws ENOTDIR for a file.
    readdirSync(path)
    return
  }
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  mkdirSync(path)
}

function refuseForeign(dataDir: string): void {
  const entries = readdirSync(dataDir)
  const foreign = entries.find((entry) => !ours.test(entry))
  if (foreign === undefined || entries.includes('secrets.json')) return
  throw new StartFailure(
    `${dataDir} holds "${foreign}" and is no data directory of Faultline; choose an empty or a new folder with --data (nothing was changed)`,
  )
}
