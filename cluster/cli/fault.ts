// `faultline fault …`: break the running cluster on purpose, and mend it.
import { type Command, Option } from 'commander'
import type { FaultInfo, InjectedFault } from '../control-plane/faults/contract.ts'
import { maxForS } from '../control-plane/faults/contract.ts'
import { wholeNumber } from './arguments.ts'
import { type CliContext, CliError } from './context.ts'
import { parseForS, parseSettings } from './fault-arguments.ts'
import { activeFaultsTable, catalogueTable, describeFaultInfo } from './render/fault-blocks.ts'

type InjectOptions = {
  target?: string
  from?: string
  to?: string
  for?: number
  secret?: true
  seed?: number
  json?: true
}

const json = () => new Option('--json', 'print JSON')

export function registerFault(program: Command, context: CliContext): void {
  const fault = program.command('fault').description('break the running cluster on purpose, and mend it')
  registerReading(fault, context)
  registerInject(fault, context)
  registerClear(fault, context)
}

function registerReading(fault: Command, { control, out }: CliContext): void {
  fault
    .command('list')
    .description('every fault that there is')
    .addOption(json())
    .action(async ({ json }: { json?: true }) => {
      const { faults } = await control().listCatalogue({})
      if (json) out.printJson(faults)
      else out.print(catalogueTable(faults, out))
    })

  fault
    .command('show')
    .description('what a fault does, its parameters, how it shows and what helps')
    .argument('<id>', 'for instance latency')
    .addOption(json())
    .action(async (id: string, { json }: { json?: true }) => {
      const found = findFault((await control().listCatalogue({})).faults, id)
      if (json) out.printJson(found)
      else out.print(describeFaultInfo(found, out))
    })

  fault
    .command('status')
    .description('what is broken at present, secret injections included')
    .addOption(json())
    .action(async ({ json }: { json?: true }) => {
      const { faults } = await control().listFaults({})
      if (json) out.printJson(faults)
      else out.print(faults.length === 0 ? 'nothing is broken on purpose' : activeFaultsTable(faults, out))
    })
}

function registerInject(fault: Command, { control, out }: CliContext): void {
  fault
    .command('inject')
    .description('inject a fault; it ends by itself')
    .argument('<id>', 'for instance latency')
    .argument('[parameters...]', 'as name=value, or as --name value')
    .option('--target <place>', 'a node, a kind, a region or a database server')
    .option('--from <place>', 'where a link starts: what it sends is concerned')
    .option('--to <place>', 'where the link leads')
    .option('--for <duration>', `how long, for instance 30s or 2m; at most ${maxForS / 60}m`, parseForS, 60)
    .option(
      '--secret',
      'keep it out of annotations, metrics, spans and logs; a roll-out leaves its change marker, as any does',
    )
    .option('--seed <n>', 'of its random decisions', wholeNumber(0, 0xffff_ffff))
    .addOption(json())
    .allowUnknownOption()
    .addHelpText(
      'after',
      `
Examples:
  faultline fault inject latency --from gateway-na --to orders-1 delayMs=300 jitterMs=50
  faultline fault inject crash --target payments --everyS 0
  faultline fault inject blackhole --from eu --to na --for 2m --secret`,
    )
    .action(async (id: string, given: string[], options: InjectOptions) => {
      const { target, from, to, secret, seed } = options
      const body = {
        fault: id,
        ...(target === undefined ? {} : { target }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        parameters: parseSettings(given),
        ...(options.for === undefined ? {} : { forS: options.for }),
        ...(secret ? { secret } : {}),
        ...(seed === undefined ? {} : { seed }),
      }
      const injected = await control().injectFault({ body })
      if (options.json) out.printJson(injected)
      else out.print(injectionLine(injected))
      if (!injected.applied) out.note('not every node has it yet: one does not answer')
    })

  fault
    .command('change')
    .description('change an active injection: its parameters, or how long it goes on from now')
    .argument('<injection>', 'for instance latency-3, as `fault status` names it')
    .argument('[parameters...]', 'as name=value, or as --name value')
    .option('--for <duration>', 'how long it goes on', parseForS)
    .addOption(json())
    .allowUnknownOption()
    .action(async (id: string, given: string[], options: { for?: number; json?: true }) => {
      const parameters = parseSettings(given)
      const body = { ...(given.length === 0 ? {} : { parameters }), ...(options.for ? { forS: options.for } : {}) }
      const changed = await control().changeFault({ params: { id }, body })
      if (options.json) out.printJson(changed)
      else out.print(injectionLine(changed))
    })
}

function registerClear(fault: Command, { control, out }: CliContext): void {
  fault
    .command('clear')
    .description('end an injection, or all of them')
    .argument('[injection]', 'for instance latency-3; or the id of a fault, for all its injections')
    .option('--all', 'end every injection')
    .addOption(json())
    .action(async (id: string | undefined, { all, json }: { all?: true; json?: true }) => {
      if ((id === undefined) === (all === undefined)) throw new CliError('name an injection, or give --all')
      const cleared = id === undefined ? (await control().clearFaults({})).cleared : await clearOnes(id)
      if (json) out.printJson({ cleared })
      else out.print(cleared.length === 0 ? 'nothing was broken on purpose' : `cleared ${cleared.join(', ')}`)
    })

  async function clearOnes(id: string): Promise<string[]> {
    const { faults } = await control().listFaults({})
    const ids = faults.filter((one) => one.id === id || one.fault === id).map((one) => one.id)
    const cleared: string[] = []
    // With none, the control plane's own answer says what there is.
    for (const one of ids.length === 0 ? [id] : ids) {
      cleared.push(...(await control().clearFault({ params: { id: one } })).cleared)
    }
    return cleared
  }
}

function findFault(faults: readonly FaultInfo[], id: string): FaultInfo {
  const found = faults.find((one) => one.id === id)
  if (found) return found
  throw new CliError(`there is no fault ${id}; there are ${faults.map((one) => one.id).join(', ')}`)
}

function injectionLine({ id, target, remainingS, parameters, seed }: InjectedFault): string {
  const words = Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`)
  return [`${id} at ${target}`, `for ${Math.round(remainingS)} s`, ...words, `seed ${seed}`].join(', ')
}
