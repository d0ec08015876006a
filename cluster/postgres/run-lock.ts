/** Lets one process at a time use a data directory. A lock whose process is dead, or whose id was reused, is taken over. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isCode, PostgresError } from './errors.ts'

const LOCK_FILE = 'run.lock'

const holderSchema = z.object({
  pid: z.int().positive(),
  /** Start of that process in clock ticks since boot; null where the system does not say. */
  startTicks: z.string().nullable(),
  /** Identity of the boot that the run belongs to; null where the system does not say. */
  bootId: z.string().nullable(),
})
type Holder = z.infer<typeof holderSchema>

/** A held lock. `machineCrashed`: the run before this one ended with the machine, not with its process. */
export interface RunLock {
  machineCrashed: boolean
  release(): void
}

/**
 * Takes the lock of `dataDir`.
 * @throws PostgresError `data-dir-in-use`, naming the process that holds it.
 */
export function takeRunLock(dataDir: string): RunLock {
  const path = join(dataDir, LOCK_FILE)
  const me: Holder = { pid: process.pid, startTicks: startTicks(process.pid), bootId: bootId() }
  const before = readHolder(path)
  assertFree(dataDir)
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(me))
  try {
    rmSync(path, { force: true })
    // Linking fails when somebody else came first, and the file appears with its content complete.
    linkSync(draft, path)
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw inUse(dataDir, readHolder(path)?.pid)
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const machineCrashed = before !== undefined && before.bootId !== me.bootId
  return { machineCrashed, release: () => rmSync(path, { force: true }) }
}

/**
 * Checks that no living process holds the lock.
 * @throws PostgresError `data-dir-in-use`.
 */
export function assertFree(dataDir: string): void {
  const holder = readHolder(join(dataDir, LOCK_FILE))
  if (holder === undefined || holder.bootId !== bootId()) return
  if (holder.startTicks === startTicks(holder.pid) && isAlive(holder.pid)) throw inUse(dataDir, holder.pid)
}

function inUse(dataDir: string, pid: number | undefined): PostgresError {
  return new PostgresError(
    'data-dir-in-use',
    `${dataDir} is in use by process ${pid ?? 'unknown'}. Stop that run first, or choose another data directory.`,
  )
}

function readHolder(path: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

function startTicks(pid: number): string | null {
  try {
    // Field 22 of proc(5) stat; the command in field 2 may hold spaces and brackets, so count from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return null
  }
}
