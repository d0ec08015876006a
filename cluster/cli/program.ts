// All commands, put together.
import { Command } from 'commander'
import { registerAlerts } from './alerts.ts'
import { registerChanges } from './changes.ts'
import { registerConsole } from './console.ts'
import type { CliContext } from './context.ts'
import { registerDown } from './down.ts'
import { registerFault } from './fault.ts'
import { helpStyle } from './help.ts'
import { registerLedger } from './ledger.ts'
import { registerLogs } from './logs.ts'
import { registerOpen } from './open.ts'
import { registerPolicy } from './policy.ts'
import { registerQuery } from './query.ts'
import { registerRecord } from './record.ts'
import { registerReplay } from './replay.ts'
import { registerStatus } from './status.ts'
import { registerToken } from './token.ts'
import { registerTop } from './top.ts'
import { registerTrace } from './trace.ts'
import { registerTraces } from './traces.ts'
import { registerUp } from './up.ts'

/** @param onDataDir told of `--data`, before the command runs */
export function createProgram(context: CliContext, onDataDir: (dataDir: string) => void): Command {
  const program = new Command('faultline')
    .description(
      'A distributed shop that one command starts, that you watch through its traces, and that you break on purpose.',
    )
    .option('--data <dir>', 'data directory of the run (default: $FAULTLINE_DATA or ./data)')
    .showHelpAfterError('(--help shows what there is)')
    .showSuggestionAfterError()
    .configureHelp(helpStyle)
  const registrations = [
    registerUp,
    registerDown,
    registerStatus,
    registerLogs,
    registerTraces,
    registerTrace,
    registerTop,
    registerQuery,
    registerAlerts,
    registerLedger,
    registerChanges,
    registerFault,
    registerPolicy,
    registerRecord,
    registerReplay,
    registerOpen,
    registerToken,
    registerConsole,
  ]
  for (const register of registrations) register(program, context)
  program.hook('preAction', (_program, command) => {
    const { data } = command.optsWithGlobals<{ data?: string }>()
    if (data !== undefined) onDataDir(data)
  })
  return program
}
