// `faultline down`: stops the cluster of a data directory, also what a supervisor that died has left.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { endPastRun, endProcesses } from '../supervisor/past-run.ts'
import { isAlive, signalProcess } from '../supervisor/process-identity.ts'
import { type ProcessIdentity, readRunFile } from '../supervisor/run-file.ts'
import { type CliContext, CliError } from './context.ts'

/** An orderly stop takes a second or two; a supervisor that hangs is not waited for much longer. */
const PATIENCE_MS = 30_000
const POLL_MS = 20

export function registerDown(program: Command, context: CliContext): void {
  program
    .command('down')
    .description('stop the cluster in order; also ends what a crashed run left behind')
    .action(() => stopRun(context))
}

async function stopRun({ out, dataDir }: CliContext): Promise<void> {
  const run = readOwnRun(dataDir())
  const isRunning = run !== undefined && isAlive(run.supervisor)
  if (isRunning && (await stopsInOrder(run.supervisor))) return out.print('stopped')
  if (isRunning) {
    out.note(`the supervisor (process ${run.supervisor.pid}) does not stop; ending everything`)
    signalProcess(run.supervisor, 'SIGKILL')
    await endProcesses([{ id: 'supervisor', ...run.supervisor }])
  }
  const ended = await endLeftovers(dataDir())
  out.print(ended > 0 ? `ended ${ended} processes that a crashed run had left` : 'nothing is running')
}

async function endLeftovers(dataDir: string): Promise<number> {
  // Loaded here only: finding what PostgreSQL left takes its launcher.
  const { stopOrphans } = await import('../postgres/claim.ts')
  try {
    return (await endPastRun(dataDir)) + (await stopOrphans(join(dataDir, 'postgres')))
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && (cause.code === 'EACCES' || cause.code === 'EPERM'))) throw cause
    throw new CliError(`the run belongs to another user: ${cause.message}`, { cause })
  }
}

function readOwnRun(dataDir: string): ReturnType<typeof readRunFile> {
  try {
    return readRunFile(dataDir)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(`cannot read the run: ${why}`, { cause })
  }
}

/** Asks the supervisor to stop, which works while it is still starting, too. False when it is alive after half a minute. */
async function stopsInOrder(supervisor: ProcessIdentity): Promise<boolean> {
  signalProcess(supervisor, 'SIGTERM')
  const endMs = performance.now() + PATIENCE_MS
  while (isAlive(supervisor)) {
    if (performance.now() > endMs) return false
    await delay(POLL_MS)
  }
  return true
}
