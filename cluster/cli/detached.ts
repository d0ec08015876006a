// `faultline up --detach`: the same run in a session of its own, watched until it is ready.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { logFileOf, openDataDir } from '../supervisor/data-dir.ts'
import { type CliContext, CliError } from './context.ts'
import { createProgressView } from './progress.ts'
import { printStatus } from './status.ts'
import type { UpOptions } from './up.ts'
import type { WatchMessage } from './watched.ts'

/** Resolves when the cluster is ready. Throws a `CliError` with the supervisor's own words when it is not going to be. */
export async function startDetached(context: CliContext, options: UpOptions): Promise<void> {
  const { out } = context
  const startedAtMs = performance.now()
  const child = spawnSupervisor(context.dataDir(), options)
  // Ctrl-C reaches only this process, for the other has a session of its own: it ends when nobody watches its start.
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true
      if (child.connected) child.disconnect()
    })
  }
  const view = createProgressView(out, process.stdout)
  const outcome = await watch(child, (progress) => view.show(progress))
  view.end()
  if (interrupted) throw new CliError('stopped before it was ready', { exitCode: 130 })
  if (outcome.type === 'failed') throw new CliError(outcome.message)
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
  printStatus(await context.control().getStatus({}), out, context.run())
  out.print('')
  out.print(
    `${out.colors.green('ready')} after ${seconds} s, running in the background; stop it with \`npx faultline down\``,
  )
}

function spawnSupervisor(dataDir: string, { size, load, seed, journeys, ports }: UpOptions): ChildProcess {
  openDataDir(dataDir)
  const log = openSync(logFileOf(dataDir, 'supervisor'), 'a', 0o600)
  const options = { data: dataDir, size, load, seed, ports, ...(journeys === undefined ? {} : { journeys }) }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'up', '--watched', ...args], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  return child
}

/** Resolves with the end of the start: when the supervisor says so, or when it is gone. */
function watch(
  child: ChildProcess,
  onProgress: (progress: Extract<WatchMessage, { type: 'progress' }>['progress']) => void,
): Promise<Exclude<WatchMessage, { type: 'progress' }>> {
  return new Promise((resolve) => {
    child.on('message', (message: WatchMessage) => {
      if (message.type === 'progress') return onProgress(message.progress)
      child.unref()
      resolve(message)
    })
    child.once('error', (error) => resolve({ type: 'failed', message: `cannot start: ${error.message}` }))
    child.once('exit', (code, signal) => {
      const how = signal ?? `exit code ${code}`
      resolve({ type: 'failed', message: `the supervisor ended with ${how}; see its log, logs/supervisor.log` })
    })
  })
}
