// The run file of a data directory: who runs the cluster there, how to reach it, and which processes it started.
// It holds the run's token, so only its owner may read it.
import { chmodSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { ClusterUrls } from '../control-plane/contract.ts'
import { clusterSizes } from '../topology/nodes.ts'

/** A process that cannot be mistaken for a later one with the same pid. */
export const ProcessIdentity = z.object({
  pid: z.number().int().positive(),
  /** When it started, as the operating system tells it; opaque. */
  started: z.string(),
})
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

export const RunFile = z.object({
  format: z.literal(1),
  supervisor: ProcessIdentity,
  phase: z.enum(['starting', 'running', 'stopping']),
  /** ISO 8601. */
  startedAt: z.string(),
  version: z.string(),
  size: z.enum(clusterSizes),
  token: z.string(),
  /** Absent until ports are chosen. */
  urls: ClusterUrls.optional(),
  /** Chosen port by node. */
  ports: z.record(z.string(), z.number().int()),
  children: z.array(ProcessIdentity.extend({ id: z.string() })),
})
export type RunFile = z.infer<typeof RunFile>

export function runFilePath(dataDir: string): string {
  return join(dataDir, 'run.json')
}

/** The run file's content; undefined when there is none. One that makes no sense is treated as none. Throws what reading throws otherwise. */
export function readRunFile(dataDir: string): RunFile | undefined {
  let text: string
  try {
    text = readFileSync(runFilePath(dataDir), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
  return parseRunFile(text)
}

function parseRunFile(text: string): RunFile | undefined {
  try {
    return RunFile.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Creates the run file if there is none; false when there is one. */
export function createRunFile(dataDir: string, run: RunFile): boolean {
  const draft = writeDraft(dataDir, run)
  try {
    linkSync(draft, runFilePath(dataDir))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Removes the run file of a supervisor that is gone, but not one that somebody else has put in its place meanwhile.
 * `stale` undefined stands for a file that made no sense.
 */
export function removeStaleRunFile(dataDir: string, stale: RunFile | undefined): void {
  const aside = `${runFilePath(dataDir)}.${process.pid}.past`
  try {
    renameSync(runFilePath(dataDir), aside)
  } catch {
    return
  }
  const taken = parseRunFile(readFileSync(aside, 'utf8'))
  try {
    if (!isDeepStrictEqual(taken?.supervisor, stale?.supervisor)) linkSync(aside, runFilePath(dataDir))
  } catch {
    // Its owner has written it again already.
  }
  rmSync(aside, { force: true })
}

/** Replaces the run file in one step, so that a reader never sees half of it. */
export function writeRunFile(dataDir: string, run: RunFile): void {
  renameSync(writeDraft(dataDir, run), runFilePath(dataDir))
}

export function removeRunFile(dataDir: string): void {
  rmSync(runFilePath(dataDir), { force: true })
}

function writeDraft(dataDir: string, run: RunFile): string {
  const draft = `${runFilePath(dataDir)}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  return draft
}
