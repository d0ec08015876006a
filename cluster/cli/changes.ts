// Commands that change the running cluster: load, scale, restart, kill.
import type { Command } from 'commander'
import { type NodeKind, nodeKinds } from '../topology/kinds.ts'
import { maxReplicas } from '../topology/nodes.ts'
import { parseRate, wholeNumber } from './arguments.ts'
import { type CliContext, CliError } from './context.ts'

export function registerChanges(program: Command, { control, out }: CliContext): void {
  program
    .command('load')
    .description('set how many requests a second the load generator offers; 0 pauses it')
    .argument('<rps>', 'requests a second', parseRate)
    .option('--json', 'print JSON')
    .action(async (requestsPerSecond: number, { json }: { json?: true }) => {
      const load = await control().setLoad({ body: { requestsPerSecond } })
      if (json) out.printJson(load)
      else out.print(`load is ${load.requestsPerSecond} requests/s`)
    })

  program
    .command('scale')
    .description('add or drain replicas of a kind of node; its callers follow')
    .argument('<kind>', nodeKinds.join(', '))
    .argument('<replicas>', 'how many; in each region for a regional kind', wholeNumber(1, maxReplicas))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  faultline scale orders 4')
    .action(async (kind: string, replicas: number, { json }: { json?: true }) => {
      if (!nodeKinds.includes(kind as NodeKind)) {
        throw new CliError(`there is no kind ${kind}; there are ${nodeKinds.join(', ')}`)
      }
      const { added, removed } = await control().scale({ body: { kind, replicas } })
      if (json) return out.printJson({ added, removed })
      if (added.length > 0) out.print(`added ${added.join(', ')}`)
      if (removed.length > 0) out.print(`drained ${removed.join(', ')}`)
      if (added.length + removed.length === 0) out.print(`${kind} has ${replicas} already`)
    })

  program
    .command('restart')
    .description('drain a node and start it again')
    .argument('<node>', 'for instance orders-1, or postgres-eu')
    .action(async (id: string) => {
      await control().restartNode({ params: { id } })
      out.print(`${id} is back`)
    })

  program
    .command('kill')
    .description('kill the process of a node with SIGKILL; the supervisor starts it again')
    .argument('<node>', 'for instance payments-1, or postgres-na for the primary database')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: true }) => {
      const { pid } = await control().killNode({ params: { id } })
      if (json) out.printJson({ id, pid })
      else out.print(`killed ${id} (process ${pid})`)
    })
}
