// A command line's context for tests: collects what is printed, and its backend is where the test says.
import { Command } from 'commander'
import pc from 'picocolors'
import { type CliContext, CliError } from './context.ts'

export type TestContext = CliContext & { printed: string[]; noted: string[] }

/** Without an address of a backend no cluster is running. */
export function createTestContext(
  options: { jaeger?: string; prometheus?: string; dataDir?: string } = {},
): TestContext {
  const printed: string[] = []
  const noted: string[] = []
  const { jaeger, prometheus, dataDir = '/nonexistent' } = options
  return {
    printed,
    noted,
    out: {
      print: (text) => void printed.push(text),
      printJson: (value) => void printed.push(JSON.stringify(value)),
      note: (text) => void noted.push(text),
      colors: pc.createColors(false),
      isTerminal: false,
      columns: 100,
    },
    root: '/nonexistent',
    dataDir: () => dataDir,
    run() {
      if (!jaeger && !prometheus) throw new CliError('no cluster is running')
      const urls = {
        console: 'http://127.0.0.1:7080',
        shop: 'http://127.0.0.1:8080',
        control: 'http://127.0.0.1:7070',
        otlp: 'http://127.0.0.1:4318',
        jaeger: jaeger ?? '',
        prometheus: prometheus ?? '',
      }
      const supervisor = { pid: process.pid, started: '' }
      const rest = {
        phase: 'running',
        startedAt: '',
        version: '',
        size: 'small',
        token: '',
        ports: {},
        children: [],
      } as const
      return { format: 1, supervisor, ...rest, ports: {}, children: [], urls }
    },
    control: () => {
      throw new Error('no control plane in this test')
    },
    getJson: () => Promise.reject(new Error('not in this test')),
  }
}

/** Runs one command line against the given commands; rejects with what the command throws. */
export async function runCommand(
  context: CliContext,
  register: (program: Command, context: CliContext) => void,
  ...args: string[]
): Promise<void> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} })
  register(program, context)
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} })
  await program.parseAsync(args, { from: 'user' })
}
