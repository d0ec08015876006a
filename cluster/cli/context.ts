// What every command shares: where the run is, how to talk to it, how to print, and how to fail.
import { resolve } from 'node:path'
import pc from 'picocolors'
import type { z } from 'zod'
import { type ClientOf, createClient } from '../../services/kit/http/client.ts'
import { controlApi } from '../control-plane/contract.ts'
import { isAlive } from '../supervisor/process-identity.ts'
import { type RunFile, readRunFile } from '../supervisor/run-file.ts'
import { createControlCaller } from './control-caller.ts'

/** A failure that the user can understand and act on: printed as one line, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.exitCode = options.exitCode ?? 1
  }
}

/** A run whose supervisor is alive and has chosen its ports. */
export type Run = RunFile & { urls: NonNullable<RunFile['urls']> }

export type Output = {
  /** Prints a line, or several, to stdout. */
  print(text: string): void
  /** Prints a value as indented JSON to stdout. */
  printJson(value: unknown): void
  /** Prints a line to stderr: for people, never for the next program in a pipe. */
  note(text: string): void
  readonly colors: ReturnType<typeof pc.createColors>
  /** Whether stdout is a terminal that can be redrawn. */
  readonly isTerminal: boolean
  /** Width of the terminal in characters; 100 in a pipe. */
  readonly columns: number
}

export type CliContext = {
  readonly out: Output
  /** Root of the installation: where dist/ lies. */
  readonly root: string
  /** The data directory chosen by `--data`, FAULTLINE_DATA or ./data, as an absolute path. */
  dataDir(): string
  /** The run in the data directory. Throws `CliError` when none is running. */
  run(): Run
  /** A client of the run's control plane. Throws as `run` does. */
  control(): ClientOf<typeof controlApi>
  /** GETs JSON from an API of the run, for instance Jaeger's, and parses it. Throws `CliError` on no answer, an error status or a wrong shape. */
  getJson<T>(url: string, schema: z.ZodType<T>): Promise<T>
}

export type ContextOptions = {
  root: string
  dataDir: () => string
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  colors: boolean
}

export function createContext({ root, dataDir, stdout, stderr, colors }: ContextOptions): CliContext {
  const findRun = (): Run => requireRun(resolve(dataDir()), dataDir())
  return {
    root,
    out: {
      print: (text) => void stdout.write(`${text}\n`),
      printJson: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
      note: (text) => void stderr.write(`${text}\n`),
      colors: pc.createColors(colors),
      isTerminal: stdout.isTTY === true,
      get columns() {
        return stdout.columns || 100
      },
    },
    dataDir: () => resolve(dataDir()),
    run: findRun,
    control: () => {
      const run = findRun()
      return createClient(controlApi, createControlCaller(run.urls.control, run.token))
    },
    getJson,
  }
}

function requireRun(dataDir: string, shownDir: string): Run {
  let run: RunFile | undefined
  try {
    run = readRunFile(dataDir)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(`cannot read the run in ${shownDir}: ${why}`, { cause })
  }
  if (!run) throw new CliError(`no cluster is running in ${shownDir}; start one with \`npm start\``)
  if (!isAlive(run.supervisor)) {
    throw new CliError(
      `the cluster in ${shownDir} is gone without a farewell; clean up with \`npx faultline down\` or start it again`,
    )
  }
  if (!run.urls) throw new CliError(`the cluster in ${shownDir} is still starting`)
  return { ...run, urls: run.urls }
}

async function getJson<T>(url: string, schema: z.ZodType<T>): Promise<T> {
  const { origin, pathname } = new URL(url)
  const response = await fetch(url, { signal: AbortSignal.timeout(15_000) }).catch((cause: unknown) => {
    throw new CliError(`${origin} does not answer`, { cause })
  })
  const text = await response.text()
  if (!response.ok) throw new CliError(`${origin}${pathname} answered ${response.status}: ${text.slice(0, 300)}`)
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new CliError(`${origin}${pathname} answered something unexpected`, { cause })
  }
}
