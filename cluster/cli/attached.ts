// The process that supervises a cluster: starts it, stays until it is told to stop, stops it in order.
// Run by `faultline up` in the foreground, and by `up --detach` in a session of its own, which watches the start from outside.
import { type Cluster, startCluster } from '../supervisor/cluster.ts'
import type { CliContext } from './context.ts'
import { createProgressView } from './progress.ts'
import { printStatus } from './status.ts'
import type { UpOptions } from './up.ts'
import { describeError, type SupervisorView, watcherView } from './watched.ts'

/** As shells have it for SIGINT. */
const INTERRUPTED = 130

/** Ends the process: with 0 after an orderly stop, with 130 after a forced one or one before it was ready, with 1 after a failure. */
export async function runAttached(context: CliContext, options: UpOptions): Promise<void> {
  // A closed terminal or pipe is no reason to leave processes behind.
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error').on('error', () => {})
  const interrupt = new AbortController()
  const signals = onSignals(() => interrupt.abort())
  const view = options.watched ? watcherView(() => interrupt.abort()) : terminalView(context)
  let endAfterCrash = () => interrupt.abort()
  process.on('uncaughtException', (error) => {
    process.stderr.write(`faultline: the supervisor failed: ${error.stack ?? error.message}\n`)
    endAfterCrash()
  })
  const cluster = await start(context, options, view, interrupt.signal)
  endAfterCrash = () => void cluster.kill().finally(() => process.exit(1))
  const stopAsked = new Promise<void>((resolve) => signals.replace(resolve))
  if (!interrupt.signal.aborted) {
    await view.ready()
    await Promise.race([stopAsked, cluster.stopRequested])
  }
  let forced: Promise<void> | undefined
  signals.replace(() => {
    forced ??= cluster.kill().finally(() => process.exit(INTERRUPTED))
  })
  view.show({ kind: 'notice', text: 'stopping; Ctrl-C again stops everything at once' })
  await cluster.stop()
  await forced
  view.end()
  context.out.print('stopped')
  // Node 20 crashes when it exits without the terminal that it was started in (it can no longer reset it).
  if (signals.hungUp()) process.kill(process.pid, 'SIGKILL')
  process.exit(0)
}

async function start(
  context: CliContext,
  { size, load, seed, journeys, ports }: UpOptions,
  view: SupervisorView,
  signal: AbortSignal,
): Promise<Cluster> {
  try {
    return await startCluster({
      root: context.root,
      dataDir: context.dataDir(),
      size,
      load,
      seed,
      ...(journeys === undefined ? {} : { journeysFile: journeys }),
      ports,
      onProgress: (progress) => view.show(progress),
      signal,
    })
  } catch (error) {
    view.end()
    if (!signal.aborted) {
      await view.failed(error)
      process.exit(1)
    }
    context.out.print('stopped before it was ready')
    process.exit(INTERRUPTED)
  }
}

function terminalView(context: CliContext): SupervisorView {
  const { out } = context
  const startedAtMs = performance.now()
  const view = createProgressView(out, process.stdout)
  return {
    show: (progress) => view.show(progress),
    end: () => view.end(),
    async ready() {
      view.end()
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
      printStatus(await context.control().getStatus({}), out, context.run())
      out.print('')
      out.print(`${out.colors.green('ready')} after ${seconds} s; Ctrl-C stops everything`)
    },
    async failed(error) {
      out.note(`faultline: ${describeError(error)}`)
    },
  }
}

type Signals = { replace(listener: () => void): void; hungUp(): boolean }

/** Ctrl-C, a kill and a closed terminal are one wish; what they do changes over the life of the run. */
function onSignals(first: () => void): Signals {
  let listener = first
  let hungUp = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      hungUp ||= signal === 'SIGHUP' && process.stdout.isTTY === true
      listener()
    })
  }
  return {
    hungUp: () => hungUp,
    replace(next) {
      listener = next
    },
  }
}
