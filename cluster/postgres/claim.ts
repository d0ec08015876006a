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
import type { Programs } from './launch.ts'
import { stopAllLeftovers } from './leftovers.ts'
import { assertFree, type RunLock, takeRunLock } from './run-lock.ts'
import { chooseServerUser, readUserFacts } from './server-user.ts'

/** A data directory that is ours until the lock is released. */
export interface ClaimedDirectory {
  path: string
  marker: ClusterMarker
  secrets: ClusterSecrets
  programs: Programs
  lock: RunLock
  /** Processes of an earlier run that were stopped. */
  leftovers: number
}

/**
 * Claims `dataDir` for servers with these names. Only the primary's folder must be sound: a replica's can be copied anew.
 * @throws PostgresError that says what to do; nothing that is not ours has been changed then.
 */
export async function claimDataDirectory(
  dataDir: string,
  primary: string,
  replicas: string[],
): Promise<ClaimedDirectory> {
  const binaries = locateBinaries()
  const { path, marker } = openDataDirectory(dataDir, binaries.majorVersion)
  const lock = takeRunLock(path)
  try {
    inspectServerFolder(join(path, primary), binaries.majorVersion)
    const folders = [primary, ...replicas].map((name) => join(path, name)).filter((folder) => existsSync(folder))
    const owner = folders[0] === undefined ? undefined : statSync(folders[0]).uid
    const user = chooseServerUser(readUserFacts([binaries.postgres, path], owner))
    for (const folder of folders) claimServerFolder(folder, user)
    const leftovers = await stopAllLeftovers(path)
    return { path, marker, secrets: readOrCreateSecrets(path), programs: { binaries, user }, lock, leftovers }
  } catch (error) {
    lock.release()
    throw error
  }
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
