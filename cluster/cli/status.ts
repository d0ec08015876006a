// `faultline status`: every node, how it is, and where to look.
import type { Command } from 'commander'
import { consoleLink } from '../../console/server/session.ts'
import type { ClusterStatus } from '../control-plane/contract.ts'
import type { CliContext, Output, Run } from './context.ts'
import { megabytes, statusTable } from './status-table.ts'

/** Exit code, for scripts that wait for a cluster. */
const NOT_READY = 3

export function registerStatus(program: Command, { control, run, out }: CliContext): void {
  program
    .command('status')
    .description('every node: region, process, address, health, restarts, memory')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `\nEnds with 0 when every node is ready, with ${NOT_READY} when one is not, with 1 when no cluster is running.`,
    )
    .action(async ({ json }: { json?: true }) => {
      const status = await control().getStatus({})
      if (json) out.printJson(status)
      else printStatus(status, out, run())
      if (status.nodes.some((node) => !node.ready)) process.exitCode = NOT_READY
    })
}

export function printStatus(status: ClusterStatus, out: Output, { token }: Pick<Run, 'token'>): void {
  const { colors } = out
  out.print(statusTable(status, out))
  const ready = status.nodes.filter((node) => node.ready).length
  out.print('')
  // Where containers run the nodes, nobody tells what most of them weigh.
  const memory = status.nodes.some(({ role, memoryBytes }) => role === 'node' && memoryBytes !== null)
  const facts = [
    `${ready} of ${status.nodes.length} ready`,
    ...(memory ? [`${megabytes(status.memoryBytes)} in all`] : []),
    `load ${status.requestsPerSecond} requests/s`,
  ]
  out.print(facts.join(', '))
  out.print('')
  const { shop, jaeger, prometheus, otlp } = status.urls
  out.print(`  console     ${colors.cyan(consoleLink(status.urls.console, token))}`)
  out.print(`  shop        ${colors.cyan(shop)}   API: ${shop}/api/openapi.json`)
  out.print(`  traces      ${colors.cyan(jaeger)}   Jaeger's query API`)
  out.print(`  metrics     ${colors.cyan(prometheus)}   Prometheus's HTTP API`)
  out.print(`  telemetry   ${colors.cyan(otlp)}   OTLP over HTTP`)
}
