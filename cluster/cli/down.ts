// `faultline down`: stops the cluster of a data directory, also what a supervisor that died has left.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { stopOrphans } from '../postgres/claim.ts'
import { endPastRun } from '../supervisor/past-run.ts'
import { isAlive, signalProcess } from '../supervisor/process-identity.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import { type CliContext, CliError } from './context.ts'

const TIMEOUT_MS = 30_000

export function registerDown(program: Command, context: CliContext): void {
  program
    .command('down')
    .description('stop the cluster in order; also ends what a crashed run left behind')
    .action(() => stopRun(context))
}

async function stopRun({ out, dataDir }: CliContext): Promise<void> {
  const run = readRunFile(dataDir())
  if (run && isAlive(run.supervisor)) {
    // The supervisor's own end in order; works while it is still starting, too.
    signalProcess(run.supervisor, 'SIGTERM')
    const endMs = performance.now() + TIMEOUT_MS
    while (isAlive(run.supervisor)) {
      if (performance.now() > endMs) {
        throw new CliError(`the supervisor (process ${run.supervisor.pid}) does not stop; see ${dataDir()}/logs`)
      }
      await delay(50)
    }
    out.print('stopped')
    return
  }
  const processes = (await endPastRun(dataDir())) + (await stopOrphans(join(dataDir(), 'postgres')))
  out.print(processes > 0 ? `ended ${processes} processes that a crashed run had left` : 'nothing is running')
}
