// Entry of the command line, bundled to dist/faultline.cjs.
import { dirname, resolve } from 'node:path'
import { CliError, createContext } from './context.ts'
import { createProgram } from './program.ts'
import { describeError } from './watched.ts'

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
  process.stderr.write(`faultline: ${describeError(error)}\n`)
  process.exitCode = error instanceof CliError ? error.exitCode : 1
})
