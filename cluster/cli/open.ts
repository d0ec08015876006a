// `faultline open`: shows one of the run's addresses in the browser, or prints it where there is none.
import { spawn } from 'node:child_process'
import { Argument, type Command } from 'commander'
import { consoleLink } from '../../console/server/session.ts'
import type { CliContext, Run } from './context.ts'

const targets = {
  console: (run: Run) => consoleLink(run.urls.console, run.token),
  shop: (run: Run) => run.urls.shop,
  jaeger: (run: Run) => run.urls.jaeger,
  prometheus: (run: Run) => run.urls.prometheus,
  control: (run: Run) => `${run.urls.control}/v1/openapi.json`,
} as const satisfies Record<string, (run: Run) => string>

type Target = keyof typeof targets

export function registerOpen(program: Command, context: CliContext): void {
  program
    .command('open')
    .description('open an address of the running cluster in the browser')
    .addArgument(new Argument('[what]', 'what to open').choices(Object.keys(targets)).default('console'))
    .option('--print', 'only print the address', false)
    .addHelpText('after', '\nExamples:\n  $ faultline open\n  $ faultline open jaeger --print')
    .action((what: Target, options: { print: boolean }) => openTarget(context, what, options.print))
}

async function openTarget(context: CliContext, what: Target, printOnly: boolean): Promise<void> {
  const url = targets[what](context.run())
  context.out.print(url)
  if (printOnly) return
  const opened = await openBrowser(url, { platform: process.platform, env: process.env })
  if (!opened) context.out.note('there is no browser here to open it with')
}

type Surroundings = { platform: NodeJS.Platform; env: NodeJS.ProcessEnv }

/** Whether a program that opens addresses was started. A Linux without a display has none. */
async function openBrowser(url: string, { platform, env }: Surroundings): Promise<boolean> {
  const command = openerOf(platform, env)
  if (!command) return false
  const [program, ...args] = command
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true })
  return new Promise((resolve) => {
    child.on('error', () => resolve(false))
    child.on('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}

/** Program and first arguments; undefined when the platform can't show a browser. */
export function openerOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): [string, ...string[]] | undefined {
  // The empty argument is the title of the window that `start` would take the address for.
  if (platform === 'win32') return ['cmd', '/c', 'start', '']
  if (platform === 'darwin') return ['open']
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined
}
