// Entry of the command line, bundled to dist/faultline.cjs.
import { dirname, resolve } from 'node:path'
import { HttpError } from '../../services/kit/http/errors.ts'
import { PostgresError } from '../postgres/errors.ts'
import { AlreadyRunning } from '../supervisor/past-run.ts'
import { StartFailure } from '../supervisor/start-failure.ts'
import { CliError, createContext } from './context.ts'
import { createProgram } from './program.ts'

/** dist/faultline.cjs lies one folder below the root. */
const root = resolve(dirname(process.argv[1] ?? '.'), '..')

async function main(): Promise<void> {
  const useColors = process.env['NO_COLOR'] === undefined && process.stdout.isTTY === true
  let dataDir = process.env['FAULTLINE_DATA'] ?? './data'
  const context = createContext({
    root: process.env['FAULTLINE_ROOT'] ?? root,
    dataDir: () => dataDir,
    stdout: process.stdout,
    stderr: process.stderr,
    colors: useColors,
  })
  const program = createProgram(context, (chosen) => {
    dataDir = chosen
  })
  // `faultline logs | head` closes the pipe early; that is no failure.
  process.stdout.on('error', () => process.exit(0))
  await program.parseAsync(process.argv)
}

main().catch((error: unknown) => {
  const expected =
    error instanceof CliError ||
    error instanceof HttpError ||
    error instanceof StartFailure ||
    error instanceof AlreadyRunning ||
    error instanceof PostgresError
  const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error)
  process.stderr.write(`faultline: ${text}\n`)
  process.exitCode = error instanceof CliError ? error.exitCode : 1
})
