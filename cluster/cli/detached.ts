// `faultline up --detach`: the same run in a session of its own, watched until it is ready.
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readRunFile } from '../supervisor/run-file.ts'
import { type CliContext, CliError } from './context.ts'
import { printStatus } from './status.ts'
import type { UpOptions } from './up.ts'

const POLL_MS = 50

/** Resolves when the cluster is ready. Throws a `CliError` with the supervisor's own words when it is not going to be. */
export async function startDetached(context: CliContext, options: UpOptions): Promise<void> {
  const { out } = context
  const dataDir = context.dataDir()
  mkdirSync(join(dataDir, 'logs'), { recursive: true })
  const logFile = join(dataDir, 'logs', 'supervisor.log')
  const log = openSync(logFile, 'w', 0o600)
  const args = [
    'up',
    '--data',
    dataDir,
    '--size',
    options.size,
    '--load',
    `${options.load}`,
    '--seed',
    `${options.seed}`,
  ]
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let exit: number | string | undefined
  child.once('exit', (code, signal) => {
    exit = signal ?? code ?? 1
  })
  let shown = 0
  for (;;) {
    const lines = readFileSync(logFile, 'utf8').split('\n').slice(0, -1)
    const run = readRunFile(dataDir)
    if (run?.phase === 'running' && run.supervisor.pid === child.pid) break
    for (const line of lines.slice(shown)) out.note(line)
    shown = lines.length
    if (exit !== undefined) throw new CliError(`the start failed; see ${logFile}`)
    await delay(POLL_MS)
  }
  child.unref()
  printStatus(await context.control().getStatus({}), out)
  out.print('')
  out.print(`${out.colors.green('ready')}, running in the background; stop it with \`npx faultline down\``)
}
