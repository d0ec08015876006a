/** Takes possession of a data directory for one run: checks it, locks it, and ends what an earlier run left in it. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { locateBinaries } from './binaries.ts'
import {
  type ClusterMarker,
  type ClusterSecrets,
  claimServerFolder,
  inspectServerFolder,
  isOurs,
  openDataDirectory,
  readOrCreateSecrets,
} from './data-directory.ts'
import { PostgresError } from './errors.ts'
import type { Programs } from './launch.ts'
import { stopAllLeftovers } from './leftovers.ts'
import { assertFree, type RunLock, takeRunLock } from './run-lock.ts'
import { chooseServerUser, readUserFacts } from './server-user.ts'

/** A data directory that is ours until the lock is released. */
export interface ClaimedDirectory {
  path: string
  marker: ClusterMarker
  /** Who took writes last: the planned primary, or whoever was promoted and could not give that back before its run ended. */
  primary: string
  secrets: ClusterSecrets
  programs: Programs
  lock: RunLock
  /** Processes of an earlier run that were stopped. */
  leftovers: number
}

/**
 * Claims `dataDir` for servers with these names, `planned` to be the primary of a new one. Only the folder of whoever took writes last
 * must be sound: any other can be copied anew.
 * @throws PostgresError that says what to do; nothing that is not ours has been changed then.
 */
export async function claimDataDirectory(
  dataDir: string,
  planned: string,
  replicas: string[],
): Promise<ClaimedDirectory> {
  const binaries = locateBinaries()
  const { path, marker } = openDataDirectory(dataDir, binaries.majorVersion)
  const lock = takeRunLock(path)
  try {
    const primary = lastPrimary(path, marker, planned, replicas)
    inspectServerFolder(join(path, primary), binaries.majorVersion)
    const folders = [planned, ...replicas].map((name) => join(path, name)).filter((folder) => existsSync(folder))
    const owner = folders[0] === undefined ? undefined : statSync(folders[0]).uid
    const user = chooseServerUser(readUserFacts([binaries.postgres, path], owner))
    for (const folder of folders) claimServerFolder(folder, user)
    const leftovers = await stopAllLeftovers(path)
    const secrets = readOrCreateSecrets(path)
    return { path, marker, primary, secrets, programs: { binaries, user }, lock, leftovers }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** @throws PostgresError `damaged-data-dir` when its data is not here: that of all others lacks what it accepted. */
function lastPrimary(path: string, marker: ClusterMarker, planned: string, replicas: string[]): string {
  const name = marker.primary?.name ?? planned
  if (name === planned) return planned
  const why = !replicas.includes(name)
    ? `this run has no server of that name. Start with --size full once`
    : existsSync(join(path, name))
      ? undefined
      : `its data is gone. Move ${path} away to start afresh`
  if (why === undefined) return name
  throw new PostgresError(
    'damaged-data-dir',
    `In the last run on ${path}, ${name} had taken over as primary and accepted what no other server has, and ${why}; nothing was changed.`,
  )
}

/**
 * Stops all servers that a dead run left behind in `dataDir`; a folder that is not ours is left alone.
 * @returns the number of processes found.
 * @throws PostgresError `data-dir-in-use` while the run that started them is alive: that one must stop them.
 */
export async function stopOrphans(dataDir: string): Promise<number> {
  if (!isOurs(dataDir)) return 0
  assertFree(dataDir)
  return stopAllLeftovers(dataDir)
}
